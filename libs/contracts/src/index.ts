export { ABSTAIN_BELOW, Category, DiagnosisReport, DiagnosisReported, FaultType, Hypothesis } from './diagnosis-reported.js';
export { Action, ActionPlan, ActionTarget, PlanProposed, RadiusTerm, Undo } from './plan-proposed.js';
export { ActionVerdict, Judgement, ReviewVerdict, RuleHit, VerdictGiven } from './verdict-given.js';
export {
  Challenge,
  ChallengeSeverity,
  CriticReport,
  CritiqueRaised,
  FORCED_QUESTIONS,
  ForcedAnswer,
  ForcedQuestion,
} from './critique-raised.js';
export { Ballot, DecisionMade, DecisionPackage, Dissent, Gate, Outcome, Reason } from './decision-made.js';
export { Failure, SessionFailed } from './session-failed.js';
export { Limits, SessionOpened, SessionOpening, SessionPath } from './session-opened.js';
export { Incident, Severity } from './incident.js';
export {
  Dimension,
  DIMENSIONS,
  emptySnapshot,
  evidenceItems,
  EvidenceItem,
  EvidenceSnapshot,
  EvidenceStatus,
  Series,
} from './evidence-snapshot.js';
export { Cause, Envelope, SCHEMA_VERSION, Slot, Usage } from './envelope.js';
export { isTerminal, Message, TERMINAL_TYPES, type MessageType, type Published } from './messages.js';
export { Mind, Role, Vote, Voter, VOTERS } from './roles.js';
export { eventHash, eventIdOf, inputHash, outputHash, sha256Json } from './hashes.js';
export { maySay, readMessage, type MessageReading } from './read-message.js';
export { safely } from './safely.js';
export { causeOf, seal, seatOf, type Draft } from './seal.js';
export { wellFormed } from './well-formed.js';
export { jsonSchemas } from './json-schemas.js';
export { Confidence, EvidenceId, EvidenceIds, Radius, Sha256, Timestamp } from './bounds.js';
