import {
  causeOf,
  emptySnapshot,
  seal,
  type Action,
  type ActionPlan,
  type CriticReport,
  type DiagnosisReport,
  type Draft,
  type Hypothesis,
  type Incident,
  type Message,
  type MessageType,
  type Published,
  type ReviewVerdict,
  type Role,
  type SessionOpening,
  type Vote,
} from '@inquest/contracts';

/** 2026-01-15T10:00:00Z: the moment at which every built session opens. */
export const OPENED_AT_MS = Date.UTC(2026, 0, 15, 10);

export const SESSION_ID = '019bc0de-0000-7000-8000-000000000001';
export const INCIDENT_ID = '019bc0de-0000-7000-8000-000000000002';

export const anIncident = (overrides: Partial<Incident> = {}): Incident => ({
  source: 'test',
  fingerprint: 'f-1',
  title: 'checkout-api answers with 5xx',
  description: '',
  severity: 'critical',
  startsAt: new Date(OPENED_AT_MS).toISOString(),
  labels: {},
  annotations: {},
  ...overrides,
});

export const aHypothesis = (overrides: Partial<Hypothesis> = {}): Hypothesis => ({
  id: 'h1',
  cause: 'checkout-api was OOMKilled after its cache grew.',
  component: 'checkout-api',
  category: 'resource_exhaustion',
  faultType: 'oom_killed',
  confidence: 0.9,
  evidenceIds: ['e1'],
  refutedBy: [],
  ...overrides,
});

export const anAction = (overrides: Partial<Action> = {}): Action => ({
  id: 'a1',
  tool: 'kubectl',
  verb: 'rollout undo',
  target: { kind: 'deployment', name: 'checkout-api', namespace: 'shop' },
  params: {},
  command: 'kubectl rollout undo deployment/checkout-api -n shop',
  description: 'Roll back to the last revision.',
  undo: { command: 'kubectl rollout undo deployment/checkout-api -n shop', description: 'Roll forward again.' },
  blastRadius: 10,
  radiusTerms: [],
  evidenceIds: ['e1'],
  ...overrides,
});

export const aDiagnosis = (overrides: Partial<DiagnosisReport> = {}): DiagnosisReport => ({
  healthy: false,
  abstained: false,
  hypotheses: [aHypothesis()],
  confidence: 0.9,
  summary: 'Memory ran out.',
  missingEvidence: [],
  ...overrides,
});

export const aPlan = (overrides: Partial<ActionPlan> = {}): ActionPlan => ({
  hypothesisId: 'h1',
  actions: [anAction()],
  blastRadius: 10,
  abstained: false,
  summary: 'Roll back.',
  ...overrides,
});

export const aVerdict = (overrides: Partial<ReviewVerdict> = {}): ReviewVerdict => ({
  judgement: 'APPROVE',
  rulesJudged: true,
  actions: [{ actionId: 'a1', judgement: 'APPROVE', hits: [], blastRadius: 10, radiusTerms: [] }],
  blastRadius: 10,
  summary: 'Safe.',
  ...overrides,
});

export const aCritique = (overrides: Partial<CriticReport> = {}): CriticReport => ({
  nothingToJudge: false,
  answers: [],
  challenges: [],
  summary: 'Nothing stands against it.',
  ...overrides,
});

export const anOpening = (overrides: Partial<SessionOpening> = {}): SessionOpening => ({
  incident: anIncident(),
  evidence: emptySnapshot(),
  limits: { turnMs: 5_000, debateMs: 30_000 },
  path: 'debate',
  autoExecuteEnabled: true,
  ...overrides,
});

const SPEAKER: Record<MessageType, Role> = {
  'session.opened': 'gateway',
  'diagnosis.reported': 'diagnostician',
  'plan.proposed': 'solver',
  'verdict.given': 'reviewer',
  'critique.raised': 'critic',
  'decision.made': 'coordinator',
  'session.failed': 'coordinator',
};

export interface Manner {
  readonly sessionId?: string;
  readonly mind?: 'model' | 'rules';
  readonly degraded?: boolean;
  readonly vote?: Vote | null;
  readonly onBehalfOf?: Role | null;
  readonly causes?: readonly Message[];
  /** Milliseconds after the session's opening. */
  readonly afterMs?: number;
  readonly seq?: number;
}

/** A sealed message with a place in its stream, spoken by the model and undegraded unless said otherwise. */
export const published = <T extends MessageType>(
  type: T,
  data: Draft<T>['data'],
  manner: Manner = {},
): Published<Extract<Message, { type: T }>> => {
  const { seq = 1, afterMs = 0 } = manner;
  const slot =
    type === 'session.opened' ? 'opened' : type === 'decision.made' || type === 'session.failed' ? 'decision' : 'answer';
  const message = seal<T>({
    type,
    data,
    sessionId: manner.sessionId ?? SESSION_ID,
    incidentId: INCIDENT_ID,
    role: SPEAKER[type],
    onBehalfOf: manner.onBehalfOf ?? null,
    slot,
    mind: manner.mind ?? 'model',
    degraded: manner.degraded ?? false,
    vote: manner.vote === undefined ? 'APPROVE' : manner.vote,
    ruleSet: 'test',
    latencyMs: 3,
    occurredAt: new Date(OPENED_AT_MS + afterMs).toISOString(),
    causes: (manner.causes ?? []).map(causeOf),
  });
  return { seq, streamId: `${OPENED_AT_MS + afterMs}-0`, message };
};
