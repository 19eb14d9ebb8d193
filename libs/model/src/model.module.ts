import { ConfigurableModuleBuilder, Module, type Provider } from '@nestjs/common';
import { readEnvironment } from '@inquest/config';
import { ClaudeModel } from './claude-model.js';
import { ModelEnvironment, modelsPerRole } from './environment.js';
import { LanguageModel } from './language-model.js';
import { ModelBudget } from './model-budget.js';
import { NoModel } from './no-model.js';

export interface ModelModuleOptions {
  /** Instead of the process's own. */
  readonly environment?: NodeJS.ProcessEnv;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ModelModuleOptions>().build();

/** @throws {EnvironmentError} when the environment does not say clearly which model answers. */
export const languageModelFrom = (environment: NodeJS.ProcessEnv = process.env, budget?: ModelBudget): LanguageModel => {
  const parsed = readEnvironment(ModelEnvironment, environment);
  const apiKey = parsed.ANTHROPIC_API_KEY;
  if (apiKey === undefined || parsed.AIOPS_LLM_PROVIDER === 'none') return new NoModel();
  return new ClaudeModel({
    apiKey,
    ...(parsed.ANTHROPIC_BASE_URL !== undefined && { baseURL: parsed.ANTHROPIC_BASE_URL }),
    models: modelsPerRole(parsed),
    maxTokens: parsed.AIOPS_MODEL_MAX_TOKENS,
    ...(budget && { budget }),
  });
};

const languageModel: Provider = {
  provide: LanguageModel,
  inject: [
    { token: MODULE_OPTIONS_TOKEN, optional: true },
    { token: ModelBudget, optional: true },
  ],
  useFactory: (options?: ModelModuleOptions, budget?: ModelBudget) => languageModelFrom(options?.environment, budget),
};

/**
 * Provides LanguageModel. Imported as it is, it reads the process's environment; `register({ environment })` another one. A
 * ModelBudget that is provided globally is asked before each call.
 */
@Module({ providers: [languageModel], exports: [LanguageModel] })
export class ModelModule extends ConfigurableModuleClass {}
