import { EnvironmentError } from '@inquest/config';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { ClaudeModel } from './claude-model.js';
import { ModelUnavailableError } from './errors.js';
import { LanguageModel } from './language-model.js';
import { languageModelFrom, ModelModule } from './model.module.js';
import { NoModel } from './no-model.js';
import { definePrompt } from './prompt.js';

const KEY = 'sk-ant-secret';

describe('languageModelFrom', () => {
  it.each([
    ['nothing', {}, NoModel],
    ['an empty key', { ANTHROPIC_API_KEY: '' }, NoModel],
    ['a key', { ANTHROPIC_API_KEY: KEY }, ClaudeModel],
    ['a key and the provider', { ANTHROPIC_API_KEY: KEY, AIOPS_LLM_PROVIDER: 'anthropic' }, ClaudeModel],
    ['a key, but no provider wanted', { ANTHROPIC_API_KEY: KEY, AIOPS_LLM_PROVIDER: 'none' }, NoModel],
  ])('with %s', (_, environment, expected) => {
    expect(languageModelFrom(environment)).toBeInstanceOf(expected);
  });

  it.each([
    ['an unknown provider', { AIOPS_LLM_PROVIDER: 'openai' }, 'AIOPS_LLM_PROVIDER'],
    ['a provider in capitals', { AIOPS_LLM_PROVIDER: 'None' }, 'AIOPS_LLM_PROVIDER'],
    ['a provider without its key', { AIOPS_LLM_PROVIDER: 'anthropic' }, 'ANTHROPIC_API_KEY'],
    ['a key with a line break', { ANTHROPIC_API_KEY: `${KEY}\n` }, 'ANTHROPIC_API_KEY'],
    ['a base URL that is none', { ANTHROPIC_BASE_URL: 'localhost:80' }, 'ANTHROPIC_BASE_URL'],
    ['a model name that is none', { AIOPS_MODEL_CRITIC: 'the best one' }, 'AIOPS_MODEL_CRITIC'],
  ])('refuses to start with %s, naming the variable and never its value', (_, environment, variable) => {
    const start = () => languageModelFrom(environment);
    expect(start).toThrow(EnvironmentError);
    expect(start).toThrow(variable);
    expect(start).not.toThrow(KEY);
  });
});

describe('ModelModule', () => {
  it('provides the model that the given environment names', async () => {
    const module = await Test.createTestingModule({
      imports: [ModelModule.register({ environment: { ANTHROPIC_API_KEY: KEY } })],
    }).compile();
    expect(module.get(LanguageModel)).toBeInstanceOf(ClaudeModel);
  });

  it('reads the process’s environment when it is imported as it is', async () => {
    @Module({ imports: [ModelModule] })
    class RoleModule {}
    const module = await Test.createTestingModule({ imports: [RoleModule] }).compile();
    expect(module.get(LanguageModel, { strict: false }).configured).toBe(Boolean(process.env['ANTHROPIC_API_KEY']));
  });
});

it('NoModel is not configured, and says what to set when asked all the same', async () => {
  const model = new NoModel();
  const asked = model.ask({
    role: 'critic',
    prompt: definePrompt('critic', 1, ''),
    input: {},
    schema: z.object({}),
    signal: AbortSignal.abort(),
  });
  expect(model.configured).toBe(false);
  await expect(asked).rejects.toBeInstanceOf(ModelUnavailableError);
  await expect(asked).rejects.toThrow('ANTHROPIC_API_KEY');
});
