export { evolve, fold, isEnded, spoken, type Session } from './session.js';
export { addressees, joinedWith, openTurns, overdue, publishedAtMs, type OpenTurn, type Overdue } from './routes.js';
export { ballots, isWeak } from './ballots.js';
export {
  APPROVAL_CONFIDENCE,
  AUTO_RADIUS_MAX,
  chosenHypothesis,
  GATES_VERSION,
  planRadius,
  REJECT_RADIUS,
  REVISION_RADIUS,
  rule,
  type Hearing,
  type Ruling,
} from './gates.js';
export { isReversible } from './reversible.js';
export { conclude, decide } from './decide.js';
export { absence, ANSWER_OF } from './absence.js';
export { causesOf, questionsTo } from './causes.js';
export { combinedRadius } from './radius.js';
export { recompute, type Recomputation } from './recompute.js';
export { toProposal, type Proposal } from './to-proposal.js';
