/**
 * Every span, metric and attribute name of our own, in one place; the field's names for model calls are in gen-ai.ts.
 * No ids as metric labels: a label's values must be few. What each metric means is in k8s/charts/inquest/METRICS.md.
 */
export const SPAN = {
  /** One role's turn: from the inbox entry to the published answer. */
  turn: (role: string) => `invoke_agent ${role}`,
  /** The session's opening by the gateway: the root of a debate's trace. */
  debate: 'invoke_workflow debate',
} as const;

export const METRIC = {
  turnDuration: 'inquest.turn.duration',
  turnLimit: 'inquest.turn.limit',
  answers: 'inquest.answers',
  decisions: 'inquest.decisions',
  debateDuration: 'inquest.debate.duration',
  debateLimit: 'inquest.debate.limit',
  challenges: 'inquest.challenges',
  challengesUpheld: 'inquest.challenges.upheld',
  ungroundedClaims: 'inquest.claims.ungrounded',
  answeredFor: 'inquest.answered_for',
  deadLetters: 'inquest.dead_letters',
  deadLettersWaiting: 'inquest.dead_letters.waiting',
  redeliveries: 'inquest.redeliveries',
  streamFaults: 'inquest.stream.faults',
  recordedRows: 'inquest.recorded.rows',
  incidents: 'inquest.incidents',
  incidentsFiltered: 'inquest.incidents.filtered',
  rulesReloads: 'inquest.safety.rules.reloads',
  inboxLength: 'inquest.inbox.length',
  inboxPending: 'inquest.inbox.pending',
  inboxOldestAge: 'inquest.inbox.oldest_age',
  sessionsOpen: 'inquest.sessions.open',
  ledgerVerifiedAt: 'inquest.ledger.verified_at',
  ledgerFindings: 'inquest.ledger.findings',
  executionStopped: 'inquest.execution.stopped',
  modelCost: 'inquest.model.cost',
  budgetUsed: 'inquest.budget.used',
  budgetRefusals: 'inquest.budget.refusals',
} as const;

export const ATTRIBUTE = {
  role: 'inquest.role',
  mind: 'inquest.mind',
  degraded: 'inquest.degraded',
  vote: 'inquest.vote',
  outcome: 'inquest.outcome',
  gate: 'inquest.gate',
  severity: 'inquest.challenge.severity',
  source: 'inquest.incident.source',
  incidentSeverity: 'inquest.incident.severity',
  fault: 'inquest.stream.fault',
  /** `hour`, `day` or `month`. */
  period: 'inquest.budget.period',
  /** `usd` or `tokens`. */
  unit: 'inquest.budget.unit',
} as const;

/** Histogram bounds in milliseconds: fine where rules answer, then by the budgets of a turn (5 s) and a debate (30 s), and beyond them. */
export const LATENCY_BUCKETS_MS: readonly number[] = [
  ...[5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000],
  ...[7_500, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 120_000],
];
