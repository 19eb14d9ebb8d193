export { ready } from './sql/parser.js';
export { RULES_VERSION } from './rules-version.js';
export { judgePlan } from './judge-plan.js';
export { proposeRemedy, type ProposalInput } from './remedies/propose-remedy.js';
