import { LOGGER, REDIS, RULE_SET } from '@inquest/agent';
import { seal, seatOf, type SessionOpened } from '@inquest/contracts';
import { addressees } from '@inquest/debate';
import type { AcceptedIncident } from '@inquest/record';
import { SessionStreams, type RedisConnection } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';
import { ExecutionSwitch } from '../operations/execution-switch.js';
import { EvidenceCollection } from './evidence-collection.js';
import { GatheringLease } from './gathering-lease.js';

const DRAIN_MS = 3_000;

/**
 * Opens the session of an accepted incident, which was cleaned before it was committed. Without collectors the message depends on
 * the incident's row and the configuration alone, its time included (and, where gate 6 is on, on the switch of execution): opening twice,
 * here or in another gateway, says the same, to the last hash, into the same seat. With collectors two openings differ in what was gathered, and the one that came first holds the seat.
 */
@Injectable()
export class Opener implements BeforeApplicationShutdown {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly streams: SessionStreams,
    private readonly collection: EvidenceCollection,
    private readonly lease: GatheringLease,
    private readonly execution: ExecutionSwitch,
    @Inject(REDIS) private readonly redis: RedisConnection,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  /** Begins to open and does not wait. What fails here, or is not tried since Redis is away, the sweep does later. */
  begin(incident: AcceptedIncident): void {
    if (this.redis.status !== 'ready') return;
    const opening = this.open(incident)
      .catch((error: unknown) => {
        this.logger.warn(
          { err: error, sessionId: incident.sessionId },
          'the session could not be opened yet; the sweep tries again',
        );
      })
      .finally(() => this.underWay.delete(opening));
    this.underWay.add(opening);
  }

  /** Leaves it to another gateway when that one is gathering evidence for it. */
  async open(incident: AcceptedIncident): Promise<void> {
    if (!this.collection.isFor(incident)) return this.publish(incident);
    await this.lease.holding(incident.sessionId, (mayGather) => this.openWith(incident, mayGather));
  }

  private async openWith(incident: AcceptedIncident, mayGather: boolean): Promise<void> {
    return this.publish({ ...incident, evidence: mayGather ? await this.gathered(incident) : incident.evidence });
  }

  /** An incident whose evidence cannot be gathered is debated on what it brought. */
  private async gathered(incident: AcceptedIncident): Promise<AcceptedIncident['evidence']> {
    try {
      return await this.collection.gather(incident);
    } catch (error) {
      this.logger.error(
        { err: error, sessionId: incident.sessionId },
        'evidence could not be gathered; the session opens without it',
      );
      return incident.evidence;
    }
  }

  /** Says what was said once more to those who may not have heard it; in the stream the first opening stands. */
  async publish(incident: AcceptedIncident): Promise<void> {
    const autoExecuteEnabled = this.environment.AIOPS_AUTO_EXECUTE_ENABLED && !(await this.execution.isStopped());
    const message = this.messageOf(incident, autoExecuteEnabled);
    const { sessionId, path, limits } = incident;
    await this.streams.publish({
      sessionId,
      key: seatOf(message),
      type: message.type,
      role: message.role,
      body: JSON.stringify(message),
      to: [...addressees(message.type, path), 'recorder'],
      opens: true,
      deadlineInMs: limits.turnMs,
      traceparent: message.traceparent,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS + this.collection.maxMs).unref());
    await Promise.race([Promise.all(this.underWay), patience]);
  }

  private messageOf(
    { incidentId, sessionId, incident, evidence, path, limits, traceparent, createdAt }: AcceptedIncident,
    autoExecuteEnabled: boolean,
  ): SessionOpened {
    return seal({
      type: 'session.opened',
      sessionId,
      incidentId,
      role: 'gateway',
      slot: 'opened',
      mind: 'rules',
      degraded: false,
      vote: null,
      ruleSet: RULE_SET,
      latencyMs: 0,
      traceparent,
      occurredAt: createdAt,
      causes: [],
      data: {
        incident,
        evidence,
        limits,
        path,
        autoExecuteEnabled,
      },
    });
  }
}
