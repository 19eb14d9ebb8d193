export { LanguageModel, type ModelReply, type Question } from './language-model.js';
export { definePrompt, type Prompt } from './prompt.js';
export {
  ModelBudgetError,
  ModelError,
  ModelRefusedError,
  ModelTimeoutError,
  ModelUnavailableError,
  UnreadableAnswerError,
  type ModelFault,
} from './errors.js';
export { drillBreaker, type BreakerDrill } from './breaker-drill.js';
export { ClaudeModel, type ClaudeModelOptions } from './claude-model.js';
export { ModelBudget, type Cost, type Expense, type Reservation } from './model-budget.js';
export { NoModel } from './no-model.js';
export { languageModelFrom, ModelModule, type ModelModuleOptions } from './model.module.js';
export { ModelEnvironment } from './environment.js';
export { keepGrounded, type Claims } from './keep-grounded.js';
export { DEFAULT_MODEL } from './models.js';
export { ModelHypothesis } from './model-hypothesis.js';
