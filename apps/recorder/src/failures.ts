import { LOGGER, RECORD, redactDetail, RULE_SET } from '@inquest/agent';
import { causeOf, isTerminal, seal, type Failure, type SessionFailed } from '@inquest/contracts';
import type { RecordableEvent, RecordedEvent, Record as SessionRecord } from '@inquest/record';
import { SessionStreams, type PublishResult } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { Releases } from './releases.js';
import { Repairs } from './repairs.js';
import { throwTrouble } from './trouble.js';

/** Of the column; whoever wrote into the stream by hand may have given the last number there is. */
const SEQ_MAX = 2 ** 31 - 1;

export interface FailedEvent {
  readonly event: RecordableEvent;
  readonly sessionId: string | null;
  readonly incidentId: string | null;
  readonly code: Failure['code'];
  readonly reason: string;
}

/** Ends sessions whose own data cannot be recorded: a session without an end would wait for ever. */
@Injectable()
export class Failures {
  constructor(
    private readonly streams: SessionStreams,
    private readonly releases: Releases,
    private readonly repairs: Repairs,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async fail(failed: FailedEvent): Promise<void> {
    const { sessionId } = failed;
    if (sessionId === null) return; // Nobody waits for a session that has no name.
    const recorded = await this.record.sessions.events(sessionId);
    if (recorded.some(({ envelope }) => isTerminal(envelope.type))) return;
    const incidentId =
      failed.incidentId ?? recorded[0]?.envelope.incidentId ?? (await this.record.sessions.get(sessionId))?.incidentId;
    if (incidentId === undefined) {
      this.logger.error({ sessionId, reason: failed.reason }, 'no incident is known for this session; it cannot be ended');
      return;
    }
    const message = failure(failed, sessionId, incidentId, recorded);
    const body = JSON.stringify(message);
    const status = await this.publish(message, body);
    // A stream that is gone, has its decision or is none takes nothing more, so the record ends the session itself.
    if (status === 'gone' || status === 'closed' || status === 'unusable')
      await this.recordDirectly(sessionId, body, failed.event, recorded);
    this.logger.error({ sessionId, code: failed.code, reason: failed.reason }, 'the session ends as failed');
  }

  private async publish(message: SessionFailed, body: string): Promise<PublishResult['status'] | 'unusable'> {
    const { sessionId, type, role } = message;
    try {
      const { status } = await this.streams.publish({
        sessionId,
        key: 'recorder:1:decision',
        type,
        role,
        body,
        to: ['recorder'],
        closes: true,
      });
      return status;
    } catch (error) {
      throwTrouble(error);
      this.logger.error({ err: error, sessionId }, 'the keys of this session are not what they should be');
      return 'unusable';
    }
  }

  private async recordDirectly(
    sessionId: string,
    body: string,
    { seq }: RecordableEvent,
    recorded: readonly RecordedEvent[],
  ): Promise<void> {
    const stream = await this.streams.readable(sessionId);
    // The decision in the stream may be sound, and only not on record yet; then it is the session's end.
    const own = await this.record.append(
      stream.map((entry) => ({ seq: entry.seq, streamId: entry.id, body: entry.body, sessionId })),
    );
    const last = Math.max(seq, ...recorded.map((row) => row.seq), ...stream.map((entry) => entry.seq));
    const { terminals } =
      own.terminals.length > 0
        ? own
        : await this.record.append([{ seq: Math.min(last + 1, SEQ_MAX), streamId: `${Date.now()}-0`, body, sessionId }]);
    await this.releases.release(terminals);
    await this.repairs.mend(sessionId);
  }
}

const failure = (
  failed: FailedEvent,
  sessionId: string,
  incidentId: string,
  recorded: readonly RecordedEvent[],
): SessionFailed => {
  const opened = recorded.find(({ envelope }) => envelope.type === 'session.opened')?.envelope;
  return seal({
    type: 'session.failed',
    data: {
      code: failed.code,
      reason: redactDetail(failed.reason).slice(0, 1_000),
      detail: `Event ${failed.event.seq} at ${failed.event.streamId}.`,
    },
    sessionId,
    incidentId,
    role: 'recorder',
    slot: 'decision',
    mind: 'rules',
    degraded: true,
    vote: null,
    ruleSet: RULE_SET,
    latencyMs: 0,
    traceparent: opened?.traceparent ?? null,
    occurredAt: new Date().toISOString(),
    causes: opened ? [causeOf(opened)] : [],
  });
};
