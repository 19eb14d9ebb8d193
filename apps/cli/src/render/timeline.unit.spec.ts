import type { Published } from '@inquest/contracts';
import { decide, fold } from '@inquest/debate';
import { aCritique, aDiagnosis, aHypothesis, anAction, anIncident, anOpening, aPlan, aVerdict, published } from '@inquest/testing';
import { styleFor } from './style.js';
import { Timeline } from './timeline.js';

const evidence = {
  ...anOpening().evidence,
  alerts: [{ id: 'e1', status: 'ok' as const, title: 'CheckoutErrors is firing', trusted: true, text: 'firing' }],
  kubernetes: [{ id: 'e2', status: 'denied' as const, title: 'Pod disruption budgets', trusted: true }],
};

const aDebate = (): Published[] => {
  const opened = published('session.opened', anOpening({ evidence, incident: anIncident({ service: 'checkout-api', namespace: 'shop' }) }), {
    mind: 'rules',
    vote: null,
  });
  const hypotheses = [
    aHypothesis({ refutedBy: ['e2'] }),
    aHypothesis({ id: 'h2', cause: 'A node ran short of memory and killed whoever was largest.', confidence: 0.31, component: 'node-7' }),
  ];
  const diagnosis = published('diagnosis.reported', aDiagnosis({ hypotheses }), { seq: 2, afterMs: 1_240, causes: [opened.message] });
  const action = anAction({
    command:
      'kubectl rollout undo deployment/checkout-api --namespace shop --to-revision 36 --field-manager inquest --request-timeout 30s --context prod-eu1',
  });
  const plan = published('plan.proposed', aPlan({ actions: [action] }), { seq: 3, afterMs: 2_900, causes: [diagnosis.message] });
  const verdict = published(
    'verdict.given',
    aVerdict({
      judgement: 'REQUEST_REVISION',
      actions: [
        {
          actionId: 'a1',
          judgement: 'REQUEST_REVISION',
          blastRadius: 18,
          radiusTerms: [],
          hits: [{ ruleId: 'one-revision-back', judgement: 'REQUEST_REVISION', reason: 'Name the revision that is known to be good.', from: 'rules' }],
        },
      ],
    }),
    { seq: 4, afterMs: 4_100, vote: 'REQUEST_REVISION', causes: [plan.message] },
  );
  const critique = published(
    'critique.raised',
    aCritique({
      challenges: [
        {
          id: 'c1',
          severity: 'major',
          attacks: 'diagnosis',
          claim: 'The cache grew.',
          argument: 'Traffic doubled at the same minute, which explains the memory as well as the cache does.',
          evidenceIds: ['e1'],
          from: 'model',
        },
      ],
      answers: [{ question: 'harm', answer: 'One more restart for every pod.', evidenceIds: [] }],
    }),
    { seq: 5, afterMs: 4_300, degraded: true, vote: 'ABSTAIN', causes: [plan.message] },
  );
  const debate: Published[] = [opened, diagnosis, plan, verdict, critique];
  const session = fold(debate);
  if (!session) throw new Error('the debate does not begin with its opening');
  return [...debate, published('decision.made', decide(session), { seq: 6, afterMs: 4_302, mind: 'rules', vote: null })];
};

const drawn = (columns: number, isTTY: boolean): string => {
  const timeline = new Timeline(styleFor({ isTTY, columns }, { NO_COLOR: '1' }));
  return aDebate()
    .flatMap((message) => timeline.lines(message))
    .join('\n');
};

describe('the timeline', () => {
  it('x', () => {
    console.log(drawn(80, true));
    console.log(drawn(100, false));
  });
});
