import { LOGGER, RECORD, RedisClock } from '@inquest/agent';
import type { AppendResult, RecordableEvent, Record as SessionRecord } from '@inquest/record';
import { entryTimeMs, SessionStreams, type InboxEntry, type StreamEntry } from '@inquest/streams';
import { METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { setTimeout as delay } from 'node:timers/promises';
import { Bodies } from './bodies.js';
import { Burials } from './burials.js';
import { eventOf, misfit, type Delivered } from './delivered.js';
import { Failures } from './failures.js';
import { RECORDER_ENVIRONMENT, type RecorderEnvironment } from './recorder.environment.js';
import { Releases } from './releases.js';
import { Supersessions } from './supersessions.js';
import { problemOf, throwTrouble } from './trouble.js';

/** A cause that another recorder is committing right now is there within milliseconds. */
const CAUSE_RETRIES_MS = [2, 5, 10, 20, 40];
/** After this long a cause may have been stored in the session's stream without reaching our inbox: its publisher died in between. */
const LOOK_IN_STREAM_AFTER_MS = 1_000;

/** What is not settled yet. */
type Open = Map<RecordableEvent, Delivered>;

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
    private readonly bodies: Bodies,
    private readonly burials: Burials,
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
    const finished: string[] = [];
    const fit: InboxEntry[] = [];
    for (const entry of entries) {
      const problems = misfit(entry);
      if (problems === null) fit.push(entry);
      else {
        await this.burials.bury(entry, 'unreadable', problems);
        finished.push(entry.inboxId);
      }
    }
    try {
      return [...finished, ...(await this.takeSlices(fit))];
    } catch (error) {
      throwTrouble(error);
      this.logger.warn(
        { err: error, entries: fit.length },
        'a delivery cannot be recorded as a whole; its entries are tried alone',
      );
    }
    for (const entry of fit) finished.push(...(await this.takeAlone(entry)));
    return finished;
  }

  private async takeAlone(entry: InboxEntry): Promise<string[]> {
    try {
      return await this.takeSlices([entry]);
    } catch (error) {
      throwTrouble(error);
      if (!this.isOverdue(entry)) return [];
      await this.burials.bury(entry, 'unrecordable', problemOf(error), error);
      await this.failQuietly(entry, problemOf(error));
      return [entry.inboxId];
    }
  }

  private async takeSlices(entries: readonly InboxEntry[]): Promise<string[]> {
    const finished: string[] = [];
    for await (const { delivered, settled } of this.bodies.slices(entries)) {
      const open: Open = new Map(delivered.map((entry) => [eventOf(entry), entry]));
      await this.recordAll(open);
      await this.settleWaiting(open);
      const waiting = new Set(open.values());
      const done = [...delivered.filter((entry) => !waiting.has(entry)), ...settled];
      await this.acknowledge(done);
      finished.push(...done.map(({ inboxId }) => inboxId));
    }
    return finished;
  }

  /** Appends until nothing is left or what is left has to wait; takes what is finished out of `open`. */
  private async recordAll(open: Open): Promise<void> {
    for (const pauseMs of [0, ...CAUSE_RETRIES_MS]) {
      if (open.size === 0) return;
      if (pauseMs > 0) await delay(pauseMs);
      await this.append(open, [...open.keys()]);
    }
  }

  private async append(open: Open, events: readonly RecordableEvent[]): Promise<void> {
    const result = await this.record.append(events);
    await this.follow(result, open);
    const waiting = new Set(result.waiting.map(({ event }) => event));
    for (const event of events) if (!waiting.has(event)) open.delete(event);
  }

  /** What a committed batch demands. */
  private async follow(result: AppendResult, open: ReadonlyMap<RecordableEvent, Delivered>): Promise<void> {
    this.rows.add(result.inserted);
    await this.releases.release(result.terminals);
    for (const { event, ...newer } of result.newer)
      this.logger.warn(
        { ...newer, seq: event.seq },
        'a message of a newer schema version is on record as it came; this version does not read it: upgrade',
      );
    for (const superseded of result.superseded) await this.supersessions.settle(superseded, open.get(superseded.event));
    for (const poisoned of result.poisoned) {
      this.logger.error(
        { sessionId: poisoned.sessionId, seq: poisoned.event.seq, reason: poisoned.reason },
        'an event cannot be stored; its bytes are kept in poisoned_events',
      );
      await this.failures.fail({ ...poisoned, code: 'poisoned' });
    }
  }

  private async settleWaiting(open: Open): Promise<void> {
    const nowMs = this.clock.nowMs();
    const late = [...open].filter(([, { inboxId }]) => nowMs - entryTimeMs(inboxId) > LOOK_IN_STREAM_AFTER_MS);
    if (late.length === 0) return;
    for (const sessionId of new Set(late.map(([, { session }]) => session)))
      await this.recordStream(sessionId, await this.streams.read(sessionId));
    // Old from the start after a pause of all recorders: only what waits although its stream is on record waits in vain.
    await this.append(
      open,
      late.map(([event]) => event),
    );
    for (const [event, entry] of late) {
      if (!open.has(event) || !this.isOverdue(entry)) continue;
      await this.buryGroundless(event, entry);
      open.delete(event);
    }
  }

  /** Redis may have forgotten the message and what it rests on alike: then its session goes on, and is asked again what is missing. */
  private async buryGroundless(event: RecordableEvent, entry: Delivered): Promise<void> {
    const stands = (await this.streams.readable(entry.session)).some(
      ({ id, body }) => id === event.streamId && body === event.body,
    );
    const end = stands
      ? 'its session ends as unrecordable'
      : 'it is gone from its stream too, and its session goes on without it';
    await this.burials.bury(entry, 'causes-missing', `what it rests on never came; ${end}`);
    if (!stands) return;
    const reason = 'A cause of one of its events was never recorded.';
    await this.failures.fail({ event, sessionId: entry.session, incidentId: null, code: 'unrecordable', reason });
  }

  private isOverdue({ inboxId }: InboxEntry): boolean {
    return this.clock.nowMs() - entryTimeMs(inboxId) > this.environment.INQUEST_CAUSE_WAIT_S * 1_000;
  }

  /** Records what is in the session's stream and may never have reached the inbox. */
  async recordStream(sessionId: string, stream: readonly StreamEntry[]): Promise<void> {
    if (stream.length === 0) return;
    const events = stream.map(({ id, seq, body }) => ({ seq, streamId: id, body, sessionId }));
    await this.follow(await this.record.append(events), new Map());
  }

  /** The letter is written, so its session must not hold up the inbox; without an end of ours its deadline ends it. */
  private async failQuietly(entry: InboxEntry, reason: string): Promise<void> {
    const event = { seq: entry.seq, streamId: entry.id, body: '', sessionId: entry.session };
    try {
      await this.failures.fail({ event, sessionId: entry.session, incidentId: null, code: 'unrecordable', reason });
    } catch (error) {
      throwTrouble(error);
      this.logger.error({ err: error, sessionId: entry.session }, 'the session cannot be ended either; its deadline will');
    }
  }

  /** A key that is no stream has nothing pending; what is recorded or buried must not come again for that. */
  private async acknowledge(entries: readonly InboxEntry[]): Promise<void> {
    const bySession = new Map<string, string[]>();
    for (const { session, id } of entries) {
      const ids = bySession.get(session);
      if (ids) ids.push(id);
      else bySession.set(session, [id]);
    }
    for (const { sessionId, problem } of await this.streams.acknowledge('recorder', bySession))
      this.logger.warn({ sessionId, problem }, 'the stream of this session takes no acknowledgement');
  }
}
