/**
 * Every span, metric and attribute name of our own, in one place; the field's names for model calls are in gen-ai.ts.
 * No ids as metric labels: a label's values must be few.
 */
export const SPAN = {
  /** One role's turn: from the inbox entry to the published answer. */
  turn: (role: string) => `invoke_agent ${role}`,
  /** The session's opening by the gateway: the root of a debate's trace. */
  debate: 'invoke_workflow debate',
} as const;

export const METRIC = {
  turnDuration: 'inquest.turn.duration',
  answers: 'inquest.answers',
  decisions: 'inquest.decisions',
  debateDuration: 'inquest.debate.duration',
  challenges: 'inquest.challenges',
  answeredFor: 'inquest.answered_for',
  deadLetters: 'inquest.dead_letters',
  redeliveries: 'inquest.redeliveries',
  streamFaults: 'inquest.stream.faults',
  recordedRows: 'inquest.recorded.rows',
  incidents: 'inquest.incidents',
  rulesReloads: 'inquest.safety.rules.reloads',
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
  fault: 'inquest.stream.fault',
} as const;
