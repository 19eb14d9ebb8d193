/**
 * OpenTelemetry's names for calls of language models. All are in state "Development" and have moved before, so they stand
 * in this one file: open-telemetry/semantic-conventions-genai as of 2026-11-21 (docs/gen-ai, after the move out of
 * semantic-conventions v1.41.0). The npm package @opentelemetry/semantic-conventions only has the older, deprecated ones.
 * Content (`gen_ai.input.messages`, `gen_ai.output.messages`, `gen_ai.system_instructions`) is opt-in there and left out here.
 */
export const GEN_AI = {
  operationName: 'gen_ai.operation.name',
  providerName: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  responseFinishReasons: 'gen_ai.response.finish_reasons',
  /** Seconds. */
  responseTimeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  /** All input tokens, those read from and written to the cache included. */
  usageInputTokens: 'gen_ai.usage.input_tokens',
  usageOutputTokens: 'gen_ai.usage.output_tokens',
  usageCacheReadInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  usageCacheWriteInputTokens: 'gen_ai.usage.cache_write.input_tokens',
  conversationId: 'gen_ai.conversation.id',
  agentName: 'gen_ai.agent.name',
  workflowName: 'gen_ai.workflow.name',
  outputType: 'gen_ai.output.type',
  errorType: 'error.type',
} as const;

/** Values of `gen_ai.operation.name` in use. */
export const GEN_AI_OPERATION = { chat: 'chat', invokeAgent: 'invoke_agent', invokeWorkflow: 'invoke_workflow' } as const;

export const GEN_AI_METRIC = {
  /** Histograms, seconds. */
  duration: 'gen_ai.client.inference.duration',
  timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  /** Counters, tokens. */
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
  cacheReadInputTokens: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  cacheWriteInputTokens: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  /** Histograms, tokens of one call. */
  operationInputTokens: 'gen_ai.client.inference.operation.input_tokens',
  operationOutputTokens: 'gen_ai.client.inference.operation.output_tokens',
} as const;

/** Histogram bounds that the conventions advise: seconds of a call, tokens of a call. */
export const GEN_AI_BUCKETS = {
  seconds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  tokens: [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576],
} as const;
