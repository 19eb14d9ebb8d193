import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(__dirname, '..');
const WITHIN_MS = 45_000;
const COMMAND = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];

const Report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});

/** npm ends with an error for advisories as well as for a registry that has none to give; what it printed tells which. */
const audit = (): Promise<string> =>
  new Promise((resolve) => {
    execFile('npm', COMMAND, { cwd: ROOT, timeout: WITHIN_MS }, (error, stdout) => resolve(stdout || (error?.message ?? '')));
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text; // npm itself failed and said so in words.
  }
};

it('nothing that we run on has a known vulnerability of level high or critical', async () => {
  const answer = await audit();
  const report = Report.safeParse(parsed(answer));
  if (!report.success) {
    console.warn(
      `Skipped: the registry answers no audits here. Run "npm audit --omit=dev --audit-level=high" where it does.\n${answer.slice(0, 160)}`,
    );
    return;
  }
  const grave = Object.entries(report.data.vulnerabilities).filter(([, { severity }]) => /high|critical/.test(severity));
  expect(grave.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`)).toEqual([]);
}, 60_000);
