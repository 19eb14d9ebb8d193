import { LOGGER, RECORD, RedisClock } from '@inquest/agent';
import type { AppendResult, RecordableEvent, Record as SessionRecord } from '@inquest/record';
import { DeadLetters, entryTimeMs, SessionStreams, type InboxEntry } from '@inquest/streams';
import { METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { setTimeout as delay } from 'node:timers/promises';
import { Failures } from './failures.js';
import { RECORDER_ENVIRONMENT, type RecorderEnvironment } from './recorder.environment.js';
import { Releases } from './releases.js';
import { Supersessions } from './supersessions.js';

/** A cause that another recorder is committing right now is there within milliseconds. */
const CAUSE_RETRIES_MS = [2, 5, 10, 20, 40];
/** After this long a cause may have been stored in the session's stream without reaching our inbox: its publisher died in between. */
const LOOK_IN_STREAM_AFTER_MS = 1_000;

type Delivered = InboxEntry & { readonly body: string };

/**
 * Writes history: **commit, release, acknowledge**, in this order. A crash between two of them leads to a redelivery,
 * which commits nothing twice and releases again; receivers are idempotent.
 */
@Injectable()
export class Recorder {
  private readonly rows = metrics
    .getMeter('inquest')
    .createCounter(METRIC.recordedRows, { description: 'Rows committed to agent_sessions' });

  constructor(
    private readonly streams: SessionStreams,
    private readonly deadLetters: DeadLetters,
    private readonly releases: Releases,
    private readonly failures: Failures,
    private readonly supersessions: Supersessions,
    private readonly clock: RedisClock,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RECORDER_ENVIRONMENT) private readonly environment: RecorderEnvironment,
  ) {}

  /** Records a delivery and answers the inbox ids that are finished. What waits for its causes is left pending and comes again. */
  async take(entries: readonly InboxEntry[]): Promise<string[]> {
    const { delivered, lost } = await this.fetchBodies(entries);
    const open = new Map(delivered.map((entry) => [eventOf(entry), entry]));
    await this.recordAll(open);
    await this.settleWaiting(open);
    const waiting = new Set(open.values());
    const finished = [...delivered.filter((entry) => !waiting.has(entry)), ...lost];
    await this.acknowledge(finished);
    return finished.map(({ inboxId }) => inboxId);
  }

  /** Appends until nothing is left or what is left has to wait; takes what is finished out of `open`. */
  private async recordAll(open: Map<RecordableEvent, Delivered>): Promise<void> {
    for (const pauseMs of [0, ...CAUSE_RETRIES_MS]) {
      if (pauseMs > 0) await delay(pauseMs);
      const events = [...open.keys()];
      const result = await this.record.append(events);
      await this.follow(result, open);
      const waiting = new Set(result.waiting.map(({ event }) => event));
      for (const event of events) if (!waiting.has(event)) open.delete(event);
      if (open.size === 0) return;
    }
  }

  /** What a committed batch demands. */
  private async follow(result: AppendResult, open: ReadonlyMap<RecordableEvent, Delivered>): Promise<void> {
    this.rows.add(result.inserted);
    await this.releases.release(result.terminals);
    for (const superseded of result.superseded) await this.supersessions.settle(superseded, open.get(superseded.event));
    for (const poisoned of result.poisoned) {
      this.logger.error(
        { sessionId: poisoned.sessionId, seq: poisoned.event.seq, reason: poisoned.reason },
        'an event cannot be stored; its bytes are kept in poisoned_events',
      );
      await this.failures.fail({ ...poisoned, code: 'poisoned' });
    }
  }

  private async settleWaiting(open: Map<RecordableEvent, Delivered>): Promise<void> {
    const nowMs = this.clock.nowMs();
    const late = [...open].filter(([, { inboxId }]) => nowMs - entryTimeMs(inboxId) > LOOK_IN_STREAM_AFTER_MS);
    for (const sessionId of new Set(late.map(([, { session }]) => session))) await this.recordStream(sessionId);
    for (const [event, entry] of late) {
      if (nowMs - entryTimeMs(entry.inboxId) <= this.environment.INQUEST_CAUSE_WAIT_S * 1_000) continue;
      await this.bury(entry, 'causes-missing', 'what it rests on never came; its session ends as unrecordable');
      await this.failures.fail({
        event,
        sessionId: entry.session,
        incidentId: null,
        code: 'unrecordable',
        reason: 'A cause of one of its events was never recorded.',
      });
      open.delete(event);
    }
  }

  /** Events that are in the session's stream and never reached the inbox. */
  private async recordStream(sessionId: string): Promise<void> {
    const stream = await this.streams.read(sessionId);
    if (stream.length === 0) return;
    const { inserted, terminals } = await this.record.append(
      stream.map(({ id, seq, body }) => ({ seq, streamId: id, body, sessionId })),
    );
    this.rows.add(inserted);
    await this.releases.release(terminals);
  }

  private async fetchBodies(entries: readonly InboxEntry[]): Promise<{ delivered: Delivered[]; lost: InboxEntry[] }> {
    const fetched = await Promise.all(entries.map((entry) => this.streams.withBody(entry)));
    const lost = entries.filter((_, index) => fetched[index] === null);
    for (const entry of lost) await this.giveUp(entry);
    return { delivered: fetched.filter((entry) => entry !== null), lost };
  }

  /** Its body stood in a stream that is gone. Mostly it is on record since an earlier delivery; then only its release may be owed. */
  private async giveUp(entry: InboxEntry): Promise<void> {
    const row = (await this.record.sessions.messages(entry.session, entry.seq - 1)).find(({ streamId }) => streamId === entry.id);
    if (!row)
      return this.bury(
        entry,
        'body-lost',
        `the stream of session ${entry.session} is gone, and with it this event, which was too big for the inbox`,
      );
    const { sessionId, incidentId, eventHash, type } = row.message;
    await this.releases.release([{ sessionId, incidentId, eventHash, type, seq: row.seq }]);
  }

  private async bury(entry: InboxEntry, reason: string, detail: string): Promise<void> {
    const { inbox, inboxId, session, id, seq, type, body, deliveries } = entry;
    await this.deadLetters.add(
      { inbox, inboxId, deliveries, fields: { session, id, seq: String(seq), type, ...(body !== null && { body }) } },
      reason,
      detail,
    );
    this.logger.error(
      { sessionId: session, type, seq, reason },
      'an event went to the dead letters; see `inquest dead-letters list`',
    );
  }

  private async acknowledge(entries: readonly InboxEntry[]): Promise<void> {
    const bySession = new Map<string, string[]>();
    for (const { session, id } of entries) bySession.set(session, [...(bySession.get(session) ?? []), id]);
    await Promise.all([...bySession].map(([session, ids]) => this.streams.acknowledge(session, 'recorder', ids)));
  }
}

const eventOf = ({ seq, id, body, session }: Delivered): RecordableEvent => ({ seq, streamId: id, body, sessionId: session });
