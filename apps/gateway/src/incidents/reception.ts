import { RECORD } from '@inquest/agent';
import { sha256Json } from '@inquest/contracts';
import type { Scenario } from '@inquest/intake';
import { IdempotencyKeyReusedError, type Acceptance, type Accepted, type Record as SessionRecord } from '@inquest/record';
import { ATTRIBUTE, currentTraceparent, inSpan, METRIC, SPAN } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics, SpanKind } from '@opentelemetry/api';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { Opener } from './opener.js';
import { PhaseSwitch } from './phase-switch.js';

/** How an incident came in. */
export interface Delivery {
  readonly raw: Buffer | undefined;
  /** Already unique to the caller. */
  readonly idempotencyKey: string | undefined;
  /** The start was not given but is the moment of receipt: a repeat of the same request then has another one. */
  readonly startAssumed: boolean;
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
  ) {}

  /** Resolves after the commit. A duplicate answers with the ids of the first one. */
  take(scenario: Scenario, delivery: Delivery): Promise<Accepted> {
    return inSpan(
      SPAN.debate,
      { kind: SpanKind.SERVER, attributes: { [ATTRIBUTE.source]: scenario.incident.source } },
      async () => {
        const { INQUEST_TURN_MS: turnMs, INQUEST_DEBATE_MS: debateMs } = this.environment;
        const traceparent = currentTraceparent();
        const acceptance: Acceptance = {
          ...scenario,
          path: await this.phases.path(),
          limits: { turnMs, debateMs },
          ...(delivery.idempotencyKey !== undefined && { idempotencyKey: delivery.idempotencyKey }),
          ...(delivery.raw && { raw: delivery.raw }),
          ...(traceparent !== null && { traceparent }),
        };
        const accepted = await this.commit(acceptance, delivery);
        if (accepted.status === 'accepted') this.opened(acceptance, accepted, traceparent);
        return accepted;
      },
    );
  }

  private opened({ incident, evidence, path, limits }: Acceptance, accepted: Accepted, traceparent: string | null): void {
    this.incidents.add(1, { [ATTRIBUTE.source]: incident.source });
    const { incidentId, sessionId, createdAt } = accepted;
    this.opener.begin({ incident, evidence, path, limits, incidentId, sessionId, createdAt, traceparent });
  }

  private async commit(acceptance: Acceptance, { startAssumed }: Delivery): Promise<Accepted> {
    try {
      return await this.record.incidents.accept(acceptance);
    } catch (error) {
      if (!(error instanceof IdempotencyKeyReusedError) || !startAssumed) throw error;
      return await this.sameButForItsStart(acceptance, error);
    }
  }

  private async sameButForItsStart({ incident, evidence }: Acceptance, error: IdempotencyKeyReusedError): Promise<Accepted> {
    const first = await this.record.incidents.get(error.incidentId);
    if (!first) throw error;
    const same =
      sha256Json([{ ...incident, startsAt: '' }, evidence]) === sha256Json([{ ...first.incident, startsAt: '' }, first.evidence]);
    if (!same) throw error;
    return { status: 'duplicate', incidentId: first.incidentId, sessionId: first.sessionId, createdAt: first.createdAt };
  }
}
