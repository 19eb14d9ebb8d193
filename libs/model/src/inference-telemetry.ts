import { metrics, SpanKind, type Attributes, type Span } from '@opentelemetry/api';
import type { Role } from '@inquest/contracts';
import { ATTRIBUTE, GEN_AI, GEN_AI_BUCKETS, GEN_AI_METRIC, GEN_AI_OPERATION, inSpan, METRIC } from '@inquest/telemetry';
import { ModelError } from './errors.js';
import { costUsd, type TokenCounts } from './models.js';

export interface Inference {
  readonly role: Role;
  readonly model: string;
  readonly maxTokens: number;
  readonly sessionId?: string;
  /** The span around it. */
  readonly parent?: Span | undefined;
}

/** What one call brought, as far as telemetry is concerned. It has no place for content, so none can leak. */
export interface InferenceResult {
  readonly responseId: string;
  readonly responseModel: string;
  readonly stopReason: string;
  readonly tokens: TokenCounts;
  readonly firstChunkMs: number | null;
}

/** One span `chat {model}` and the metrics of `gen_ai.client.inference` for each call of a model. */
export class InferenceTelemetry {
  // Made with the instance, not at module load: before the SDK has started, a meter would count for nobody.
  private readonly meter = metrics.getMeter('inquest.model');
  private readonly duration = this.histogram(GEN_AI_METRIC.duration, 's', GEN_AI_BUCKETS.seconds);
  private readonly timeToFirstChunk = this.histogram(GEN_AI_METRIC.timeToFirstChunk, 's', GEN_AI_BUCKETS.seconds);
  private readonly operationInput = this.histogram(GEN_AI_METRIC.operationInputTokens, '{token}', GEN_AI_BUCKETS.tokens);
  private readonly operationOutput = this.histogram(GEN_AI_METRIC.operationOutputTokens, '{token}', GEN_AI_BUCKETS.tokens);
  private readonly input = this.meter.createCounter(GEN_AI_METRIC.inputTokens, { unit: '{token}' });
  private readonly output = this.meter.createCounter(GEN_AI_METRIC.outputTokens, { unit: '{token}' });
  private readonly cacheRead = this.meter.createCounter(GEN_AI_METRIC.cacheReadInputTokens, { unit: '{token}' });
  private readonly cacheWrite = this.meter.createCounter(GEN_AI_METRIC.cacheWriteInputTokens, { unit: '{token}' });
  private readonly cost = this.meter.createCounter(METRIC.modelCost, {
    unit: 'USD',
    description: 'Price of what calls took, failed ones included, by the price list in libs/model',
  });

  /** Runs one call of a model inside its span. */
  async chat<R extends InferenceResult>(inference: Inference, call: () => Promise<R>): Promise<R> {
    const labels = labelsOf(inference);
    const attributes = { ...labels, ...detailsOf(inference) };
    return inSpan(
      `${GEN_AI_OPERATION.chat} ${inference.model}`,
      { kind: SpanKind.CLIENT, attributes, parent: inference.parent },
      async (span) => {
        const startedAt = performance.now();
        const seconds = (): number => (performance.now() - startedAt) / 1_000;
        try {
          const result = await call();
          this.succeeded(span, result, { ...labels, [GEN_AI.responseModel]: result.responseModel }, seconds());
          return result;
        } catch (error) {
          const errorType = error instanceof ModelError ? error.code : '_OTHER';
          span.setAttribute(GEN_AI.errorType, errorType);
          this.duration.record(seconds(), { ...labels, [GEN_AI.errorType]: errorType });
          throw error;
        }
      },
    );
  }

  /** Of each response that began, whether it was of use or not. */
  charged(role: Role, model: string, tokens: TokenCounts): void {
    this.cost.add(costUsd(model, tokens), { [ATTRIBUTE.role]: role, [GEN_AI.requestModel]: model });
  }

  private succeeded(span: Span, { tokens, firstChunkMs, ...result }: InferenceResult, labels: Attributes, seconds: number): void {
    const inputTokens = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
    span.setAttributes({
      [GEN_AI.responseId]: result.responseId,
      [GEN_AI.responseModel]: result.responseModel,
      [GEN_AI.responseFinishReasons]: [result.stopReason],
      [GEN_AI.usageInputTokens]: inputTokens,
      [GEN_AI.usageOutputTokens]: tokens.outputTokens,
      [GEN_AI.usageCacheReadInputTokens]: tokens.cacheReadTokens,
      [GEN_AI.usageCacheWriteInputTokens]: tokens.cacheWriteTokens,
    });
    this.duration.record(seconds, labels);
    if (firstChunkMs !== null) {
      span.setAttribute(GEN_AI.responseTimeToFirstChunk, firstChunkMs / 1_000);
      this.timeToFirstChunk.record(firstChunkMs / 1_000, labels);
    }
    this.operationInput.record(inputTokens, labels);
    this.operationOutput.record(tokens.outputTokens, labels);
    this.input.add(inputTokens, labels);
    this.output.add(tokens.outputTokens, labels);
    this.cacheRead.add(tokens.cacheReadTokens, labels);
    this.cacheWrite.add(tokens.cacheWriteTokens, labels);
  }

  private histogram(name: string, unit: string, bounds: readonly number[]) {
    return this.meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: [...bounds] } });
  }
}

/** Of few values each, so they may label metrics. */
const labelsOf = ({ role, model }: Inference): Attributes => ({
  [GEN_AI.operationName]: GEN_AI_OPERATION.chat,
  [GEN_AI.providerName]: 'anthropic',
  [GEN_AI.requestModel]: model,
  [ATTRIBUTE.role]: role,
});

const detailsOf = ({ maxTokens, sessionId }: Inference): Attributes => ({
  [GEN_AI.requestMaxTokens]: maxTokens,
  [GEN_AI.requestStream]: true,
  [GEN_AI.outputType]: 'json',
  ...(sessionId === undefined ? {} : { [GEN_AI.conversationId]: sessionId }),
});
