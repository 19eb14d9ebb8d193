import { EvidenceSnapshot, Incident, type DecisionPackage, type DiagnosisReport } from '@inquest/contracts';
import { criticise } from '@inquest/critic';
import { decide, fold } from '@inquest/debate';
import { scenarioOf } from '@inquest/intake';
import { diagnose } from '@inquest/rca';
import { judgePlan, proposeRemedy, ready } from '@inquest/safety';
import { anOpening, published } from '@inquest/testing';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Recorded incidents of other people's making, where they are at hand. */
const FOLDER = join(__dirname, '../../shared/incidents/scenarios');
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];

const Expected = z.object({
  id: z.string(),
  expected: z.object({
    healthy: z.boolean().nullish(),
    abstain: z.boolean().nullish(),
    answerable: z.boolean().nullish(),
    category: z.string().nullish(),
    accepted_categories: z.array(z.string()).nullish(),
    forbidden_categories: z.array(z.string()).nullish(),
  }),
});

/** The debate in rules mode, without the streams in between: the same functions that the roles call. */
const debateByRules = (
  incident: Incident,
  evidence: EvidenceSnapshot,
): { diagnosis: DiagnosisReport; decision: DecisionPackage } => {
  const { report: diagnosis, findings } = diagnose(evidence, incident);
  const plan = proposeRemedy({ diagnosis, snapshot: evidence, incident });
  const verdict = judgePlan(plan, evidence, incident);
  const critique = criticise({ diagnosis, plan, snapshot: evidence, incident, findings });
  const rules = { mind: 'rules' as const };
  const session = fold([
    published('session.opened', anOpening({ incident, evidence }), { vote: null }),
    published('diagnosis.reported', diagnosis, { ...rules, vote: diagnosis.abstained ? 'ABSTAIN' : 'APPROVE' }),
    published('plan.proposed', plan, { ...rules, vote: diagnosis.abstained ? 'ABSTAIN' : 'APPROVE' }),
    published('verdict.given', verdict, { ...rules, vote: verdict.judgement === 'NOTHING_TO_JUDGE' ? null : verdict.judgement }),
    published('critique.raised', critique, { ...rules, vote: null }),
  ]);
  if (!session) throw new Error('no session');
  return { diagnosis, decision: decide(session) };
};

interface Result {
  readonly id: string;
  readonly wanted: string;
  readonly got: string;
  readonly right: boolean;
  readonly outcome: string;
  readonly gate: number;
  readonly actions: number;
}

const judge = (name: string): Result => {
  const file: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
  const { id, expected } = Expected.parse(file);
  const reading = scenarioOf(file, { receivedAt: '2026-01-15T10:00:00.000Z' });
  if (!reading.readable) throw new Error(`${name}: ${reading.reason}`);
  const { incident, evidence } = reading.scenario;
  const { diagnosis, decision } = debateByRules(incident, evidence);
  const first = diagnosis.hypotheses[0];
  const got = diagnosis.healthy ? 'healthy' : diagnosis.abstained ? 'abstain' : (first?.category ?? 'none');
  const wanted = expected.healthy
    ? 'healthy'
    : expected.abstain || (expected.answerable === false && !expected.category)
      ? 'abstain'
      : (expected.category ?? '-');
  // Where a term of the answer cannot be read in the evidence, to abstain is as good as the right category.
  const accepted = [wanted, ...(expected.accepted_categories ?? []), ...(expected.answerable === false ? ['abstain'] : [])];
  const right = wanted === '-' ? !expected.forbidden_categories?.includes(got) : accepted.includes(got);
  return { id, wanted, got, right, outcome: decision.outcome, gate: decision.gate, actions: decision.actions.length };
};

const row = ({ id, wanted, got, right, outcome, gate, actions }: Result): string =>
  [
    id.padEnd(18),
    wanted.padEnd(20),
    got.padEnd(20),
    right ? 'right' : 'WRONG',
    outcome.padEnd(15),
    `gate ${gate}`,
    `${actions} actions`,
  ].join('  ');

(files.length > 1 ? describe : describe.skip)(
  'recorded incidents, by rules alone (skipped where the shared scenarios are not at hand)',
  () => {
    let results: Result[];
    beforeAll(async () => {
      await ready();
      results = files.filter((name) => name !== 'index.jsonl').map(judge);
      console.info(results.map(row).join('\n'));
    });

    it('names the right category in at least 70 % of the answerable ones', () => {
      const scored = results.filter(({ wanted }) => !['-', 'healthy', 'abstain'].includes(wanted));
      const right = scored.filter((result) => result.right).length;
      console.info(`category right: ${right} of ${scored.length}`);
      expect(right / scored.length).toBeGreaterThanOrEqual(0.7);
    });

    it('ends every healthy one without an action', () => {
      expect(results.filter(({ wanted, actions }) => wanted === 'healthy' && actions > 0)).toEqual([]);
    });

    it('abstains where the evidence cannot answer', () => {
      expect(results.filter(({ wanted, actions }) => wanted === 'abstain' && actions > 0)).toEqual([]);
    });
  },
);

it('has shared scenarios, or says that it has none', () => {
  if (files.length === 0) console.info('skipped: the shared incident scenarios are not beside this checkout');
  expect(files.length === 0 || files.length > 1).toBe(true);
});

/** CPU of a service in percent, one value a minute, half an hour of calm and ten minutes of incident. */
const cpuOf = (service: string, during: number) => ({
  name: 'cpu_usage_percent',
  labels: { service },
  points: Array.from({ length: 40 }, (_, minute): [number, number] => [
    Date.parse('2026-03-27T09:30:00Z') / 1_000 + 60 * minute,
    (minute < 30 ? 20 : during) * (1 + 0.03 * Math.sin(minute)),
  ]),
});

it('carries a cause that only measurements show, with its fault type, from the diagnosis to plan and critique', async () => {
  await ready();
  const deployments = ['web', 'cart', 'mail', 'ledger'].map((name) => ({
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: { replicas: 3 },
    status: { readyReplicas: 3 },
  }));
  const evidence = EvidenceSnapshot.parse({
    metrics: [
      { id: 'm1', status: 'ok', title: 'CPU', series: ['web', 'mail', 'ledger'].map((name) => cpuOf(name, 20)) },
      { id: 'm2', status: 'ok', title: 'CPU of cart', series: [cpuOf('cart', 64)] },
    ],
    traces: [{ id: 't1', status: 'no-data', title: 'Traces' }],
    kubernetes: [{ id: 'k1', status: 'ok', title: 'Deployments', json: deployments }],
  });
  const incident = Incident.parse({
    source: 'spec',
    fingerprint: 'f',
    title: 'Checkout is slow',
    startsAt: '2026-03-27T10:05:00Z',
    namespace: 'shop',
    labels: { alertname: 'CheckoutSlow' },
  });
  const { diagnosis, decision } = debateByRules(incident, evidence);
  expect(diagnosis.hypotheses[0]).toMatchObject({ component: 'cart', faultType: 'cpu_saturation', evidenceIds: ['m2'] });
  expect(decision.outcome).toBe('human-approval');
  // With no change to take back, what the catalogue offers for a saturated CPU is more replicas.
  expect(decision.actions).toMatchObject([{ verb: 'scale', target: { name: 'cart' }, evidenceIds: ['m2'] }]);
});
