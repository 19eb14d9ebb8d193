import { trace } from '@opentelemetry/api';
import { TwoMinds, type Turn } from '@inquest/agent';
import { emptySnapshot } from '@inquest/contracts';
import { fold, type Session } from '@inquest/debate';
import { NoModel } from '@inquest/model';
import { createLogger } from '@inquest/telemetry';
import { aDiagnosis, aHypothesis, anOpening, published, type Manner } from '@inquest/testing';
import type { DiagnosisReport } from '@inquest/contracts';
import { Solver } from './solver.js';

const turn: Turn = {
  sessionId: 's',
  signal: new AbortController().signal,
  logger: createLogger('test', { write: () => undefined }),
  span: trace.getTracer('test').startSpan('turn'),
};

const evidence = {
  ...emptySnapshot(),
  kubernetes: [
    {
      id: 'e1',
      status: 'ok' as const,
      title: 'deployments',
      trusted: true,
      json: {
        deployments: [{ name: 'checkout-api', namespace: 'shop', desired: 3, ready: 2 }],
        pods: [{ name: 'checkout-api-7f9dd8b6c4-x7gr9', namespace: 'shop' }],
      },
    },
  ],
};

const asked = (diagnosis: DiagnosisReport, manner: Manner = {}): Session => {
  const session = fold([
    published('session.opened', anOpening({ evidence })),
    published('diagnosis.reported', diagnosis, manner),
  ]);
  if (!session) throw new Error('no session');
  return session;
};

const solver = new Solver(new TwoMinds(new NoModel()));
const crashLooping = aDiagnosis({ hypotheses: [aHypothesis({ faultType: 'oom_killed' })] });

describe('the Solver', () => {
  it('regression 5: abstains on a degraded diagnosis, hypotheses attached or not', async () => {
    const answer = await solver.solve(asked(crashLooping, { degraded: true, vote: 'ABSTAIN' }), turn);
    expect(answer).toMatchObject({ vote: 'ABSTAIN', data: { abstained: true, actions: [] } });
  });

  it('regression 5: abstains on an abstained diagnosis, hypotheses attached or not', async () => {
    const answer = await solver.solve(asked({ ...crashLooping, abstained: true }), turn);
    expect(answer).toMatchObject({ vote: 'ABSTAIN', degraded: false, data: { abstained: true, actions: [] } });
  });

  it('proposes nothing, and does not abstain, when nothing is wrong', async () => {
    const answer = await solver.solve(asked(aDiagnosis({ healthy: true, hypotheses: [] })), turn);
    expect(answer).toMatchObject({ vote: null, data: { abstained: false, actions: [] } });
  });

  it('proposes a plan for one hypothesis when it has a remedy', async () => {
    const answer = await solver.solve(asked(crashLooping), turn);
    expect(answer).toMatchObject({
      vote: 'APPROVE',
      mind: 'rules',
      degraded: false,
      data: { hypothesisId: 'h1', abstained: false },
    });
    expect(answer.data.actions.length).toBeGreaterThan(0);
  });
});
