import type { Published } from '@inquest/contracts';
import { decide, fold } from '@inquest/debate';
import {
  aCritique,
  aDiagnosis,
  aHypothesis,
  anAction,
  anIncident,
  anOpening,
  aPlan,
  aVerdict,
  published,
} from '@inquest/testing';
import { styleFor } from './style.js';
import { Timeline } from './timeline.js';

const evidence = {
  ...anOpening().evidence,
  alerts: [{ id: 'e1', status: 'ok' as const, title: 'CheckoutErrors is firing', trusted: true, text: 'firing' }],
  kubernetes: [{ id: 'e2', status: 'denied' as const, title: 'Pod disruption budgets', trusted: true }],
};

const aDebate = (): Published[] => {
  const opened = published(
    'session.opened',
    anOpening({ evidence, incident: anIncident({ service: 'checkout-api', namespace: 'shop' }) }),
    {
      mind: 'rules',
      vote: null,
    },
  );
  const hypotheses = [
    aHypothesis({ refutedBy: ['e2'] }),
    aHypothesis({
      id: 'h2',
      cause: 'A node ran short of memory and killed whoever was largest.',
      confidence: 0.31,
      component: 'node-7',
    }),
  ];
  const diagnosis = published('diagnosis.reported', aDiagnosis({ hypotheses }), {
    seq: 2,
    afterMs: 1_240,
    causes: [opened.message],
  });
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
          hits: [
            {
              ruleId: 'one-revision-back',
              judgement: 'REQUEST_REVISION',
              reason: 'Name the revision that is known to be good.',
              from: 'rules',
            },
          ],
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

/** On a terminal of 80 columns, without its colours. */
const GOLDEN = `
  checkout-api answers with 5xx                                         CRITICAL
  shop/checkout-api · from test · since 2026-01-15 10:00:00Z
  session 019bc0de-0000-7000-8000-000000000001

   +0.00s ○ Gateway  opens the debate                               rules · 3 ms
          │ 2 pieces of evidence: alerts 1, kubernetes 1
          │ not to be had: Pod disruption budgets
          │ 5 s for each role, 30 s in all
          │
   +1.24s ● Diagnostician  names a cause                            model · 3 ms
          │ checkout-api was OOMKilled after its cache grew.
          │ resource_exhaustion · oom_killed · checkout-api · confidence 0.90
          │ evidence e1
          │ against it: e2
          │ or 0.31 A node ran short of memory and killed whoever was largest.
          │
   +2.90s ● Solver  proposes 1 action                               model · 3 ms
          │ a1  Roll back to the last revision.
          │     $ kubectl rollout undo deployment/checkout-api \\
          │         --namespace shop --to-revision 36 --field-manager inquest \\
          │         --request-timeout 30s --context prod-eu1
          │     undo  kubectl rollout undo deployment/checkout-api -n shop
          │     blast radius 10 of 100
          │
   +4.10s ● Reviewer  wants a revision                              model · 3 ms
          │ a1  request revision · blast radius 18
          │     one-revision-back  Name the revision that is known to be good.
          │
   +4.30s ● Critic  raises 1 challenge                   model · degraded · 3 ms
          │ major  against the diagnosis: Traffic doubled at the same minute,
          │        which explains the memory as well as the cache does.
          │        evidence e1
          │ What does this action break if the diagnosis is wrong?
          │   One more restart for every pod.
          │
   +4.30s ◆ Coordinator  decides at gate 3                          rules · 3 ms

  Decision   WAITS FOR A PERSON · gate 3 of 6 · degraded
  Because    The Reviewer requests a revision.
  Offered    a1  Roll back to the last revision.
                 $ kubectl rollout undo deployment/checkout-api \\
                     --namespace shop --to-revision 36 --field-manager inquest \\
                     --request-timeout 30s --context prod-eu1
                 undo  kubectl rollout undo deployment/checkout-api -n shop
                 blast radius 10 of 100
  Votes      diagnostician approve, solver approve, reviewer request revision,
             critic abstain (degraded)
  Dissent    critic  major: Traffic doubled at the same minute, which explains
                     the memory as well as the cache does.`;

describe('the timeline', () => {
  it('shows who speaks, what they say, when, by which mind, and the decision with its dissent', () => {
    expect(drawn(80, true)).toBe(GOLDEN);
  });

  it.each([60, 80, 100, 120])('keeps every line within a terminal of %i columns', (columns) => {
    const widest = Math.max(
      ...drawn(columns, true)
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(columns);
  });

  it('is plain ASCII where no terminal is', () => {
    expect(drawn(100, false)).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('never lets a message steer the terminal', () => {
    const timeline = new Timeline(styleFor({ isTTY: true, columns: 80 }, { NO_COLOR: '1' }));
    const hostile = aDiagnosis({
      hypotheses: [aHypothesis({ cause: '\u001b[2J\u001b]0;owned\u0007 the disk\u202e is full', component: 'db\r\nfake line' })],
    });
    const lines = timeline.lines(published('diagnosis.reported', hostile));
    for (const mark of ['\u001b', '\u0007', '\u202e', '\r']) expect(lines.join('\n')).not.toContain(mark);
    expect(lines.join('\n')).toContain('the disk');
  });

  it('says of an absent role that somebody answered for it', () => {
    const timeline = new Timeline(styleFor({ isTTY: true, columns: 80 }, { NO_COLOR: '1' }));
    const answered = published('plan.proposed', aPlan({ actions: [], abstained: true, summary: '' }), {
      onBehalfOf: 'solver',
      degraded: true,
      vote: 'ABSTAIN',
    });
    expect(timeline.lines(answered)[0]).toContain('did not answer in time');
  });

  it('ends with where to look next', () => {
    const lines = new Timeline(styleFor({}, {})).whereNext({ url: 'http://127.0.0.1:8080', sessionId: 'an-id' });
    expect(lines.join('\n')).toContain('http://127.0.0.1:8080/v1/sessions/an-id');
    expect(lines.join('\n')).toContain('npx inquest replay an-id');
    expect(lines.join('\n')).toContain('npx inquest audit show an-id');
  });
});
