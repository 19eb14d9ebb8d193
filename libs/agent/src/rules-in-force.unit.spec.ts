import { EnvironmentError } from '@inquest/config';
import { BUILT_IN_RULES } from '@inquest/safety';
import { createLogger } from '@inquest/telemetry';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthRegistry } from './health.js';
import { RulesInForce } from './rules-in-force.js';

const GOOD = 'rules: [{ id: no-restarts, reason: Not now., verdict: reject, match: { verb: rollout restart } }]';
const BAD = 'rules: [{ id: no-restarts, reason: Not now., verdict: approve, match: { verb: rollout restart } }]';

let folder: string;
let path: string;
const said: string[] = [];
const health = new HealthRegistry();
const logger = createLogger('test', { write: (line: string) => said.push(line) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  path = join(folder, 'rules.yaml');
  said.length = 0;
  process.env['INQUEST_SAFETY_RULES_FILE'] = path;
  process.env['INQUEST_SAFETY_RULES_POLL_MS'] = '100';
});
afterEach(() => {
  delete process.env['INQUEST_SAFETY_RULES_FILE'];
  delete process.env['INQUEST_SAFETY_RULES_POLL_MS'];
  rmSync(folder, { recursive: true });
});

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const refusals = (): string[] => said.filter((line) => line.includes('cannot be used'));

describe('the rules in force', () => {
  it('are the built-in ones where operators add none', () => {
    delete process.env['INQUEST_SAFETY_RULES_FILE'];
    expect(new RulesInForce(logger, health).current).toBe(BUILT_IN_RULES);
  });

  it('end the start with a bad file, naming path and field', () => {
    writeFileSync(path, BAD);
    const start = () => new RulesInForce(logger, health);
    expect(start).toThrow(EnvironmentError);
    expect(start).toThrow(/INQUEST_SAFETY_RULES_FILE: .*rules\.yaml: rules\[0\]\.verdict: must be "revise" or "reject"/);
  });

  it('end the start where there is no file', () =>
    expect(() => new RulesInForce(logger, health)).toThrow(/rules\.yaml: .*ENOENT/));

  it('stay as they were when the file turns bad, which is said once, and change with the next good one', async () => {
    writeFileSync(path, GOOD);
    const rules = new RulesInForce(logger, health);
    const { version } = rules.current;
    expect(version).toMatch(/^safety\/\d+\+[0-9a-f]{8}$/);
    writeFileSync(path, BAD);
    await until(() => rules.problems.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 250)); // Two more looks at it.
    expect(rules.current.version).toBe(version);
    expect(refusals()).toHaveLength(1);
    expect(await health.readiness()).toMatchObject({
      ok: true,
      checks: { 'safety rules': expect.stringContaining('last good') as string },
    });
    expect(refusals()[0]).toContain('rules[0].verdict');
    writeFileSync(path, GOOD.replace('no-restarts', 'never-restart'));
    await until(() => rules.problems.length === 0);
    expect(rules.current.version).not.toBe(version);
    rules.onApplicationShutdown();
  });
});
