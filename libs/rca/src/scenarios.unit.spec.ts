import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose } from './index.js';
import { incidentOf, snapshotOf, type Scenario } from './testing/scenarios.js';

const folder = process.env['INQUEST_SCENARIOS'] ?? join(process.cwd(), '..', 'shared', 'incidents', 'scenarios');
const present = existsSync(folder);
const scenarios = present
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Scenario)
  : [];

const judged = scenarios.map((scenario) => {
  const [snapshot, incident] = [snapshotOf(scenario.evidence), incidentOf(scenario)];
  const { report } = diagnose(snapshot, incident);
  const best = report.hypotheses[0];
  const { expected } = scenario;
  const said = report.healthy ? 'healthy' : report.abstained ? 'abstained' : (best?.category ?? 'none');
  const accepted = [expected.category, ...(expected.accepted_categories ?? [])];
  const right =
    expected.abstain === true
      ? report.abstained
      : expected.healthy
        ? report.healthy || report.abstained
        : accepted.includes(said);
  const words = `${report.summary} ${best?.cause ?? ''}`.toLowerCase();
  const unsaid = (expected.must_mention ?? []).filter(
    (term) => !term.split('|').some((part) => words.includes(part.toLowerCase())),
  );
  const counted =
    expected.abstain !== true &&
    expected.healthy !== true &&
    typeof expected.category === 'string' &&
    expected.answerable !== false;
  return { scenario, report, said, right, counted, unsaid, best };
});

if (process.env['INQUEST_TABLE'] !== undefined) {
  const rows = judged.map(
    ({ scenario, said, right, counted, unsaid, best, report }) =>
      `${scenario.id.padEnd(18)} ${String(scenario.expected.abstain ? 'ABSTAIN' : (scenario.expected.category ?? '-')).padEnd(20)} ${said.padEnd(20)} ${right ? 'right' : counted || scenario.expected.healthy ? 'WRONG' : '-    '} ${String(report.confidence).padEnd(5)} ${(best?.faultType ?? '').padEnd(24)} ${(best?.component ?? '').slice(0, 34).padEnd(34)} ${unsaid.length > 0 ? `unsaid: ${unsaid.join(', ')}` : ''}`,
  );
  process.stdout.write(`${rows.join('\n')}\n`);
}

(present ? describe : describe.skip)('the shared incident scenarios', () => {
  const counted = judged.filter((entry) => entry.counted);

  it('are put into the right category in at least 85 of 100 cases', () => {
    const right = counted.filter((entry) => entry.right).length;
    expect(right / Math.max(1, counted.length)).toBeGreaterThanOrEqual(0.85);
  });

  it('never get a forbidden category', () => {
    expect(
      judged
        .filter(({ scenario, said }) => scenario.expected.forbidden_categories?.includes(said))
        .map(({ scenario }) => scenario.id),
    ).toEqual([]);
  });

  it('are not blamed on anything when nothing is wrong', () => {
    expect(
      judged.filter(({ scenario, right }) => scenario.expected.healthy && !right).map(({ scenario }) => scenario.id),
    ).toEqual([]);
  });

  it('end in abstention when the evidence cannot answer', () => {
    expect(
      judged.filter(({ scenario, right }) => scenario.expected.abstain === true && !right).map(({ scenario }) => scenario.id),
    ).toEqual([]);
  });
});

if (!present) process.stdout.write(`Skipped: no scenarios at ${folder}; set INQUEST_SCENARIOS to a folder that has them.\n`);
