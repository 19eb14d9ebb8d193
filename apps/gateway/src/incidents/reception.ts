import { LOGGER, RECORD } from '@inquest/agent';
import type { Scenario } from '@inquest/intake';
import { IdempotencyKeyReusedError, type Acceptance, type Accepted, type Record as SessionRecord } from '@inquest/record';
import { ATTRIBUTE, inSpan, METRIC, SPAN, traceFields, traceparentOf, type Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics, SpanKind, type Span } from '@opentelemetry/api';
import { createHash } from 'node:crypto';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { requestHash, type Cleaning } from './cleaning.js';
import { Opener } from './opener.js';
import { PhaseSwitch } from './phase-switch.js';
import { sourceLabel } from './source-label.js';

/** How an incident came in. */
export interface Delivery {
  /** Of the request: what it brings is committed without its secrets. The request as it came is nowhere kept. */
  readonly cleaning: Cleaning;
  /** Already unique to the caller. */
  readonly idempotencyKey: string | undefined;
  /** A start that was not given is the moment of receipt: a repeat of the same request then has another one. */
  readonly startAssumed: boolean;
}

/** `opened`, also for the repeat of a request with its key: it gets the answer of the first time. */
export interface Taken {
  readonly result: 'opened' | 'duplicate';
  readonly incidentId: string;
  readonly sessionId: string;
  /** As committed. */
  readonly title: string;
  readonly fingerprint: string;
}

/** Commits incidents, and only then begins to open their sessions. */
@Injectable()
export class Reception {
  private readonly incidents = metrics
    .getMeter('inquest')
    .createCounter(METRIC.incidents, { description: 'Incidents accepted, by sender' });

  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
    private readonly phases: PhaseSwitch,
    private readonly opener: Opener,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Resolves after the commit. A duplicate answers with the ids of the first one.
   * @throws {IdempotencyKeyReusedError} when the key came with another request before.
   */
  take(scenario: Scenario, delivery: Delivery): Promise<Taken> {
    const { incident, evidence, redactions, suspicions } = delivery.cleaning.scenario(scenario);
    const attributes = { [ATTRIBUTE.source]: incident.source };
    return inSpan(SPAN.debate, { kind: SpanKind.SERVER, attributes }, async (span) => {
      const acceptance = await this.acceptanceOf({ incident, evidence }, delivery, span);
      const accepted = await this.commit(acceptance, delivery);
      const { incidentId, sessionId } = accepted;
      if (accepted.status === 'accepted' && (redactions > 0 || suspicions.length > 0))
        this.logger.info({ sessionId, ...traceFields(span), redactions, suspicions }, 'evidence was cleaned');
      if (accepted.status === 'accepted') this.begin(acceptance, accepted);
      const replayed = accepted.status === 'duplicate' && accepted.by === 'key';
      const result = accepted.status === 'accepted' || replayed ? 'opened' : 'duplicate';
      return { result, incidentId, sessionId, title: incident.title, fingerprint: incident.fingerprint };
    });
  }

  private async acceptanceOf(scenario: Scenario, delivery: Delivery, span: Span): Promise<Acceptance> {
    const { INQUEST_TURN_MS: turnMs, INQUEST_DEBATE_MS: debateMs } = this.environment;
    const traceparent = traceparentOf(span) ?? undefined;
    const idempotencyKey = hashOf(delivery.idempotencyKey);
    return { ...scenario, path: await this.phases.path(), limits: { turnMs, debateMs }, idempotencyKey, traceparent };
  }

  private begin({ incident, evidence, path, limits, traceparent }: Acceptance, accepted: Accepted): void {
    this.incidents.add(1, { [ATTRIBUTE.source]: sourceLabel(incident.source) });
    const { incidentId, sessionId, createdAt } = accepted;
    this.opener.begin({ incident, evidence, path, limits, incidentId, sessionId, createdAt, traceparent: traceparent ?? null });
  }

  private async commit(acceptance: Acceptance, delivery: Delivery): Promise<Accepted> {
    const accepted = await this.record.incidents.accept(acceptance).catch((error: unknown) => {
      // With an assumed start the key alone can tell a repeat.
      if (error instanceof IdempotencyKeyReusedError && delivery.startAssumed)
        return { by: 'key' as const, incidentId: error.incidentId };
      throw error;
    });
    return accepted.by === 'key' ? this.replayed(acceptance, accepted.incidentId, delivery) : accepted;
  }

  /** The same key: the same request, or a mistake of the caller. */
  private async replayed(acceptance: Acceptance, incidentId: string, { startAssumed }: Delivery): Promise<Accepted> {
    const first = await this.record.incidents.get(incidentId);
    if (!first || requestHash(first, startAssumed) !== requestHash(acceptance, startAssumed))
      throw new IdempotencyKeyReusedError(incidentId);
    return { status: 'duplicate', by: 'key', incidentId, sessionId: first.sessionId, createdAt: first.createdAt };
  }
}

/** Callers choose their keys freely; one that is a secret is not kept. */
export const hashOf = (key: string | undefined): string | undefined =>
  key === undefined ? undefined : createHash('sha256').update(key).digest('hex');
