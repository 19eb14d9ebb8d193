import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { DeadLetters } from '../dead-letters.js';
import type { InboxEntry } from '../entries.js';
import { nowhere, type AtPoint } from '../points.js';
import type { RedisConnection } from '../redis-connection.js';
import type { StreamEvents } from '../stream-events.js';
import { Acknowledgements } from './acknowledgements.js';
import { BlockingLine, DeafReaderError, isNoGroup } from './blocking-line.js';
import { Deliveries, type Buried, type DeliveryOptions } from './deliveries.js';
import { Gathering } from './gathering.js';
import { Hand } from './hand.js';
import { InboxGroup } from './inbox-group.js';
import { Upkeep } from './upkeep.js';

/**
 * Resolving acknowledges the entry, unless it answers that this was done; throwing leaves it pending and it comes again. `signal` is
 * aborted when the grace of a stop ends.
 */
export type EntryHandler = (entry: InboxEntry, signal: AbortSignal) => Promise<'acknowledged' | undefined | void>;

/** For a service that stores many entries at once. */
export interface BatchHandling {
  /** Entries per call, at most. */
  readonly size: number;
  /** How long the next read waits after one that brought so many entries: more come at once then, and cost less each. Default 0. */
  readonly pauseMs?: (entries: number) => number;
  /** How long entries are kept in hand, from the first of them on, for more to join their call; asked at each read. Default 0. */
  readonly holdMs?: (entries: readonly InboxEntry[]) => number;
  /**
   * Answers the inbox ids that are finished; the others come again. An entry it leaves out, or a throw, counts no delivery: whether
   * an entry is bad is for the handler to find out (`deliveries` tells how often it was tried), which then buries it through
   * DeadLetters and names it as finished.
   */
  handler(entries: readonly InboxEntry[], signal: AbortSignal): Promise<Iterable<string>>;
}

export interface InboxReaderOptions {
  /** The service's writing connection; the reader opens its own beside it for the blocking reads. */
  readonly redis: RedisConnection;
  readonly inbox: string;
  /** Default: the inbox's name. */
  readonly group?: string;
  /** Unique among living processes and, so that a restart finds its own entries at once, stable: the pod's name. */
  readonly consumer: string;
  /** Either this or `batch`. */
  readonly handler?: EntryHandler;
  readonly batch?: BatchHandling;
  /** Handlers at work at the same time. Default 16, with `batch` 1. */
  readonly concurrency?: number;
  /** How long one read waits. Default 2000. */
  readonly blockMs?: number;
  /** How much longer than its block a read may be silent before its connection counts as dead. Default 2000. */
  readonly deafAfterMs?: number;
  /** Idle time after which an entry is claimed even from a consumer that lives. Default 15 000. */
  readonly claimAfterMs?: number;
  /** Tries of one entry, over all processes, before it becomes a dead letter. Default 5. */
  readonly deliveriesMax?: number;
  /** Pause before the second try; doubles up to 5 s. Default 200. */
  readonly retryDelayMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
  /** How long a sign of life holds; a peer that dies is noticed this much plus one heartbeat later. Default 2000. */
  readonly aliveForMs?: number;
  /** Told after the letter is written and before the entry is acknowledged. */
  readonly onDeadLetter?: (buried: Buried) => Promise<void> | void;
  /** Takes secrets out of the details of dead letters. */
  readonly redact?: (text: string) => string;
  readonly events?: StreamEvents;
  readonly at?: AtPoint;
}

const turnsWithinMs = 30_000;
const troubleDelayMaxMs = 1_000;
/** While stopping, for each command that may wait for a Redis that is not there. */
const lastWordsMs = 1_000;

/**
 * Reads one inbox as one member of its group, at least once. An entry is acknowledged after its handler has resolved, never before,
 * so handlers must tolerate repeats; entries are handled side by side, in no promised order.
 *
 * What is left by whom is found by whom: own entries of a former life at start; those of a peer without a sign of life within
 * seconds; anything else that lies idle after `claimAfterMs`; replies lost with a connection at the next heartbeat. One entry that
 * uses up `deliveriesMax` moves to the dead letters and holds up nobody behind it.
 */
export class InboxReader {
  private readonly options: InboxReaderOptions;
  private readonly line: BlockingLine;
  private readonly group: InboxGroup;
  private readonly hand: Hand;
  private readonly deliveries: Deliveries;
  private readonly gathering: Gathering;
  private readonly upkeep: Upkeep;
  private readonly workSize: number;
  private readonly stopping = new AbortController();
  private readonly graceEnded = new AbortController();
  private readonly left = new AbortController();
  private running: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  private stopped: Promise<number> | undefined;
  private troubles = 0;
  private turnedAtMs = performance.now();

  constructor(options: InboxReaderOptions) {
    const { redis, inbox, group = inbox, consumer, batch, events = {}, at = nowhere } = options;
    const { blockMs = 2_000, deafAfterMs = 2_000, heartbeatMs = 500, aliveForMs = 2_000, claimAfterMs = 15_000 } = options;
    const { concurrency = batch ? 1 : 16, deliveriesMax = 5, retryDelayMs = 200, onDeadLetter } = options;
    assert((options.handler === undefined) !== (batch === undefined), 'give an InboxReader either a handler or a batch handler');
    assert(blockMs > 0, 'a read that blocks for ever never notices that its peer is dead');
    assert(aliveForMs >= 3 * heartbeatMs, 'a sign of life must outlast two heartbeats that are late');
    assert(claimAfterMs > 2 * aliveForMs, 'an entry that is handled must not look abandoned between two renewals');
    this.options = options;
    this.workSize = batch?.size ?? 1;
    this.line = new BlockingLine({ redis, inbox, group, consumer, blockMs, deafAfterMs });
    this.group = new InboxGroup(redis, inbox, group, consumer);
    this.hand = new Hand(concurrency, Math.max(64, 4 * concurrency * this.workSize));
    this.deliveries = new Deliveries({
      ...{ inbox, deliveriesMax, retryDelayMs, events, at, hand: this.hand, workSize: this.workSize },
      ...(onDeadLetter ? { onDeadLetter } : {}),
      work: this.workOf(options),
      failuresAreOurs: batch !== undefined,
      acknowledgements: new Acknowledgements((inboxIds) => this.group.acknowledge(inboxIds)),
      deadLetters: new DeadLetters(redis, options.redact ? { redact: options.redact } : {}),
    });
    this.gathering = new Gathering(batch?.holdMs);
    this.upkeep = new Upkeep({
      ...{ redis, inbox, heartbeatMs, aliveForMs, claimAfterMs, events },
      ...{ group: this.group, hand: this.hand, deliveries: this.deliveries, workSize: this.workSize },
    });
  }

  /** Reads until it is stopped. Troubles with Redis are waited out, never thrown. */
  run(): Promise<void> {
    this.running ??= this.loop();
    return this.running;
  }

  /**
   * Stops reading at once, lets what is in hand finish for `graceMs`, then aborts it. What is not finished stays pending and peers
   * claim it at once. Answers how many entries that are. The writing connection stays open; whoever made it ends it.
   */
  stop(graceMs: number): Promise<number> {
    this.stopped ??= this.drain(graceMs);
    return this.stopped;
  }

  /** For liveness: whether the loop still turns, be Redis there or not. */
  isTurning(): boolean {
    return this.stopping.signal.aborted || performance.now() - this.turnedAtMs < turnsWithinMs;
  }

  /** Entries in hand right now. */
  get inHand(): number {
    return this.hand.size;
  }

  private async loop(): Promise<void> {
    await this.untilDone('joining the group', async () => {
      await this.group.ensure();
      await this.upkeep.showAlive();
      await this.upkeep.claimOwn();
    });
    const keeping = this.upkeep.keep(this.left.signal);
    this.reading = this.read();
    await this.reading;
    await keeping;
  }

  private async read(): Promise<void> {
    this.options.events?.reading?.({ inbox: this.options.inbox });
    while (!this.isStopping) await this.turn();
    this.startGathered();
  }

  /** Once the grace of a stop has ended nothing is begun any more: it stays pending, for others. */
  private startGathered(): void {
    const entries = this.gathering.takeAll();
    if (this.graceEnded.signal.aborted) this.hand.putDown(entries.map(({ inboxId }) => inboxId));
    else this.deliveries.start(entries);
  }

  private async turn(): Promise<void> {
    this.turnedAtMs = performance.now();
    const heldMs = this.gathering.leftMs();
    if (heldMs === 0) this.startGathered();
    const lanes = this.hand.freeLanes;
    if (lanes <= 0) return this.hand.change(heldMs > 0 ? heldMs : troubleDelayMaxMs);
    try {
      const raws = await this.line.read(lanes * this.workSize, heldMs);
      if (this.troubles > 0) this.options.events?.reading?.({ inbox: this.options.inbox });
      this.troubles = 0;
      this.gathering.add(this.deliveries.take(raws.map((raw) => ({ raw, deliveries: 1 }))).ready);
      if (this.gathering.leftMs() > 0) return;
      this.startGathered();
      const pauseMs = this.options.batch?.pauseMs?.(raws.length) ?? 0;
      if (pauseMs > 0) await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    } catch (error) {
      this.startGathered();
      if (!this.isStopping) await this.mend(error);
    }
  }

  private async mend(error: unknown): Promise<void> {
    const { inbox, events } = this.options;
    if (isNoGroup(error)) return this.untilDone('recreating the group', () => this.upkeep.recreateGroup());
    if (error instanceof DeafReaderError) events?.deaf?.({ inbox, silentMs: error.silentMs });
    else events?.troubled?.({ inbox, doing: 'reading', error });
    await this.pause();
  }

  /** Redis may be away: tries again until it works or the reader stops. */
  private async untilDone(doing: string, work: () => Promise<void>): Promise<void> {
    while (!this.isStopping) {
      this.turnedAtMs = performance.now();
      try {
        return await work();
      } catch (error) {
        this.options.events?.troubled?.({ inbox: this.options.inbox, doing, error });
        await this.pause();
      }
    }
  }

  private async pause(): Promise<void> {
    this.troubles += 1;
    const pauseMs = Math.min(25 * 2 ** Math.min(this.troubles, 10), troubleDelayMaxMs);
    // Rejects only because of the signal, which every caller looks at next.
    await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async drain(graceMs: number): Promise<number> {
    const graceEndsAtMs = performance.now() + graceMs;
    this.stopping.abort();
    this.deliveries.close();
    this.upkeep.claimNoMore();
    await this.quietly('interrupting the read', () => this.line.interrupt());
    // What the last read still brought is handled too.
    await Promise.race([this.reading, delay(graceMs, undefined, { signal: this.graceEnded.signal }).catch(() => undefined)]);
    while (this.hand.size > 0 && performance.now() < graceEndsAtMs) await this.hand.change(graceEndsAtMs - performance.now());
    const unfinished = this.hand.size + this.deliveries.leftBehind;
    this.graceEnded.abort();
    this.left.abort();
    this.line.drop();
    await Promise.race([this.running, delay(lastWordsMs, undefined, { ref: false })]);
    // First the group, then the sign of life: a peer that finds us silent must find our entries too.
    await this.quietly('leaving the group', () => this.group.strikeOff(this.options.consumer));
    await this.quietly('leaving the group', () => this.upkeep.showGone());
    return unfinished;
  }

  /** Stopping waits for nobody who is not there. */
  private async quietly(doing: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await Promise.race([work(), delay(lastWordsMs, undefined, { ref: false })]);
    } catch (error) {
      this.options.events?.troubled?.({ inbox: this.options.inbox, doing, error });
    }
  }

  private workOf({ handler, batch }: InboxReaderOptions): DeliveryOptions['work'] {
    const { signal } = this.graceEnded;
    if (batch) return async (entries) => ({ done: await batch.handler(entries, signal), acknowledged: [] });
    return async (entries) => {
      const acknowledged: string[] = [];
      for (const entry of entries) if ((await handler?.(entry, signal)) === 'acknowledged') acknowledged.push(entry.inboxId);
      return { done: entries.map(({ inboxId }) => inboxId), acknowledged };
    };
  }
}
