export { LanguageModel, type ModelReply, type Question } from './language-model.js';
export { definePrompt, type Prompt } from './prompt.js';
export { ModelError, ModelRefusedError, ModelTimeoutError, ModelUnavailableError, UnreadableAnswerError } from './errors.js';
