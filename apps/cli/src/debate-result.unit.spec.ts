import type { Published } from '@inquest/contracts';
import { decide, fold } from '@inquest/debate';
import { aCritique, aDiagnosis, anOpening, aPlan, aVerdict, published, SESSION_ID } from '@inquest/testing';
import { debateResult } from './debate-result.js';

const ended = (...messages: Published[]): Published[] => {
  const session = fold(messages);
  if (!session) throw new Error('the messages do not begin with an opening');
  return [...messages, published('decision.made', decide(session), { seq: messages.length + 1 })];
};

const opened = published('session.opened', anOpening({ autoExecuteEnabled: false }));
const challenge = {
  id: 'c1',
  severity: 'minor' as const,
  attacks: 'plan' as const,
  claim: 'safe',
  argument: 'It restarts every pod.',
  evidenceIds: [],
  from: 'rules' as const,
};

describe('a debate in one line', () => {
  it('names outcome, gate, diagnosis, offered actions with their verdicts, and counts', () => {
    const messages = ended(
      opened,
      published('diagnosis.reported', aDiagnosis(), { seq: 2 }),
      published('plan.proposed', aPlan(), { seq: 3 }),
      published('verdict.given', aVerdict(), { seq: 4 }),
      published('critique.raised', aCritique({ challenges: [challenge] }), { seq: 5 }),
    );
    expect(debateResult('a.json', SESSION_ID, messages, 41.6)).toEqual({
      file: 'a.json',
      sessionId: SESSION_ID,
      outcome: 'human-approval',
      gate: 6,
      diagnosis: {
        healthy: false,
        abstained: false,
        category: 'resource_exhaustion',
        faultType: 'oom_killed',
        component: 'checkout-api',
        cause: 'checkout-api was OOMKilled after its cache grew.',
        confidence: 0.9,
      },
      actions: [{ command: 'kubectl rollout undo deployment/checkout-api -n shop', blastRadius: 10, verdict: 'APPROVE' }],
      challenges: 1,
      events: 6,
      ms: 42,
    });
  });

  it('shows what was rejected, with the verdict and the larger radius', () => {
    const verdict = aVerdict({
      judgement: 'REJECT',
      actions: [{ actionId: 'a1', judgement: 'REJECT', hits: [], blastRadius: 90, radiusTerms: [] }],
    });
    const messages = ended(
      opened,
      published('diagnosis.reported', aDiagnosis()),
      published('plan.proposed', aPlan()),
      published('verdict.given', verdict, { vote: 'REJECT' }),
      published('critique.raised', aCritique()),
    );
    const { outcome, actions } = debateResult('a.json', SESSION_ID, messages, 1);
    expect(outcome).toBe('reject');
    expect(actions).toEqual([expect.objectContaining({ blastRadius: 90, verdict: 'REJECT' })]);
  });

  it('shows nobody a plan that was never judged', () => {
    const messages = ended(opened, published('diagnosis.reported', aDiagnosis()), published('plan.proposed', aPlan()));
    expect(debateResult('a.json', SESSION_ID, messages, 1)).toMatchObject({ outcome: 'escalate', actions: [] });
  });

  it('calls a healthy session healthy and names no cause', () => {
    const messages = ended(
      opened,
      published('diagnosis.reported', aDiagnosis({ healthy: true, hypotheses: [], confidence: 0.95 })),
      published('plan.proposed', aPlan({ actions: [], hypothesisId: null, blastRadius: 0 }), { vote: null }),
      published('verdict.given', aVerdict({ judgement: 'NOTHING_TO_JUDGE', actions: [], blastRadius: 0 }), { vote: null }),
      published('critique.raised', aCritique({ nothingToJudge: true }), { vote: null }),
    );
    expect(debateResult('a.json', SESSION_ID, messages, 1)).toMatchObject({
      outcome: 'no-action',
      gate: 2,
      diagnosis: { healthy: true, abstained: false, category: 'healthy', cause: null, confidence: 0.95 },
      actions: [],
    });
  });

  it('has no outcome when the session failed', () => {
    const failed = published('session.failed', { code: 'unreadable', reason: 'The stream cannot be read.', detail: '' });
    expect(debateResult('a.json', SESSION_ID, [opened, failed], 1)).toMatchObject({ outcome: null, gate: null, events: 2 });
  });
});
