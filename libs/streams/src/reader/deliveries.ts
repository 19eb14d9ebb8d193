import { DeadLetters } from '../dead-letters.js';
import { errorClassOf } from '../error-class.js';
import { fieldsOf, inboxEntry, type InboxEntry } from '../entries.js';
import { messageOf, TryAgainLaterError, UnrecoverableEntryError, type DeadLetterReason } from '../errors.js';
import type { AtPoint } from '../points.js';
import type { StreamEvents } from '../stream-events.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { Hand } from './hand.js';
import type { Handout } from './inbox-group.js';

/** What an application is told when an entry has become a dead letter; a session may have to be ended because of it. */
export interface Buried {
  readonly inbox: string;
  readonly inboxId: string;
  /** Null when the entry could not even be read. */
  readonly entry: InboxEntry | null;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** Kind and place of the error that its handler broke with; empty when there was none. */
  readonly errorClass: string;
}

export interface DeliveryOptions {
  readonly inbox: string;
  /** Handles entries and names, by inbox id, those that are done, and those among them that are acknowledged. */
  readonly work: (entries: readonly InboxEntry[]) => Promise<{ done: Iterable<string>; acknowledged: readonly string[] }>;
  readonly workSize: number;
  /** A failure of the work says nothing about its entries: it is repeated and no delivery is counted. */
  readonly failuresAreOurs: boolean;
  readonly deliveriesMax: number;
  readonly retryDelayMs: number;
  readonly onDeadLetter?: (buried: Buried) => Promise<void> | void;
  readonly hand: Hand;
  readonly acknowledgements: Acknowledgements;
  readonly deadLetters: DeadLetters;
  readonly events: StreamEvents;
  readonly at: AtPoint;
}

const retryDelayMaxMs = 5_000;

/** From the hand-out of an entry to its acknowledgement, its next try or its burial. Nothing here rejects. */
export class Deliveries {
  private readonly waiting = new Map<NodeJS.Timeout, readonly string[]>();
  private closed = false;
  private left = 0;

  constructor(private readonly options: DeliveryOptions) {}

  /** Takes in hand, and starts, what is not in hand yet; answers how many entries that were. */
  accept(handouts: readonly Handout[]): number {
    const { ready, taken } = this.take(handouts);
    this.start(ready);
    return taken;
  }

  /** Takes in hand what is not in hand yet. What can be read of it is `ready` to be started, soon; the rest is buried. */
  take(handouts: readonly Handout[]): { readonly ready: InboxEntry[]; readonly taken: number } {
    const taken = handouts.filter(({ raw: [inboxId] }) => this.options.hand.take(inboxId));
    const ready = taken.map((handout) => this.readable(handout)).filter((entry) => entry !== null);
    if (taken.length > 0) this.options.events.delivered?.({ inbox: this.options.inbox, entries: taken.length });
    return { ready, taken: taken.length };
  }

  start(ready: readonly InboxEntry[]): void {
    for (let first = 0; first < ready.length; first += this.options.workSize) {
      void this.deliver(ready.slice(first, first + this.options.workSize), 1);
    }
  }

  /** What waits for its next try is left to others; nothing waits from now on. */
  close(): void {
    this.closed = true;
    for (const [timer, inboxIds] of this.waiting) {
      clearTimeout(timer);
      this.leave(inboxIds);
    }
    this.waiting.clear();
  }

  /** Entries that were put down unfinished because no next try came. */
  get leftBehind(): number {
    return this.left;
  }

  private readable({ raw, deliveries }: Handout): InboxEntry | null {
    const { inbox, deliveriesMax } = this.options;
    const entry = inboxEntry(inbox, raw, deliveries);
    const letter = (given: InboxEntry | null): Letter => ({
      inboxId: raw[0],
      entry: given,
      fields: withoutSession(fieldsOf(raw[1] ?? [])),
      deliveries,
    });
    if ('problems' in entry) {
      void this.bury(letter(null), 'unreadable', entry.problems);
      return null;
    }
    if (deliveries > deliveriesMax && !this.options.failuresAreOurs) {
      const detail = `handed out ${deliveries - 1} times without being finished; its readers died or gave up over it`;
      void this.bury(letter(entry), 'deliveries-exhausted', detail);
      return null;
    }
    return entry;
  }

  private async deliver(entries: readonly InboxEntry[], attempt: number): Promise<void> {
    const { hand, inbox, events } = this.options;
    const ids = entries.map(({ inboxId }) => inboxId);
    try {
      const result = await hand.inLane(() => this.attempt(entries));
      const done = ids.filter((id) => result.done.has(id));
      await this.finish(done, result.acknowledged);
      const undone = entries.filter(({ inboxId }) => !result.done.has(inboxId));
      if (undone.length > 0) await this.afterFailure(undone, result.error, attempt);
    } catch (error) {
      // Redis did not take an acknowledgement or a dead letter. Put down, the entries count as lost and are claimed again.
      events.troubled?.({ inbox, doing: 'finishing entries', error });
      hand.putDown(ids);
    }
  }

  private async attempt(entries: readonly InboxEntry[]): Promise<Attempt> {
    const { at, work } = this.options;
    await at('consume:delivered');
    try {
      const { done, acknowledged } = await work(entries);
      await at('consume:handled');
      const error = new Error('the handler did not name this entry among the finished ones');
      return { done: new Set(done), acknowledged, error };
    } catch (error) {
      return { done: new Set(), acknowledged: [], error };
    }
  }

  private async finish(inboxIds: readonly string[], acknowledged: readonly string[] = []): Promise<void> {
    if (inboxIds.length === 0) return;
    const left = acknowledged.length === 0 ? inboxIds : inboxIds.filter((id) => !acknowledged.includes(id));
    await this.options.acknowledgements.add(left);
    await this.options.at('consume:acknowledged');
    this.options.hand.putDown(inboxIds);
    this.options.events.acknowledged?.({ inbox: this.options.inbox, entries: inboxIds.length });
  }

  private async afterFailure(entries: readonly InboxEntry[], error: unknown, attempt: number): Promise<void> {
    const { deliveriesMax, retryDelayMs, failuresAreOurs } = this.options;
    const backoffMs = (tries: number): number => Math.min(retryDelayMs * 2 ** Math.min(tries - 1, 12), retryDelayMaxMs);
    if (error instanceof TryAgainLaterError) return this.later(entries, error, error.delayMs, attempt);
    if (failuresAreOurs) return this.later(entries, error, backoffMs(attempt), attempt + 1);
    for (const entry of entries) {
      if (error instanceof UnrecoverableEntryError) {
        await this.bury(letterFor(entry), error.reason, error.detail);
      } else if (entry.deliveries >= deliveriesMax) {
        const detail = `failed ${entry.deliveries} times, last with: ${messageOf(error)}`;
        await this.bury(letterFor(entry), 'deliveries-exhausted', detail, error);
      } else {
        this.later([{ ...entry, deliveries: entry.deliveries + 1 }], error, backoffMs(entry.deliveries), attempt);
      }
    }
  }

  /** The entries stay in hand, renewed, and are delivered again. */
  private later(entries: readonly InboxEntry[], error: unknown, delayMs: number, attempt: number): void {
    const { inbox, events } = this.options;
    const ids = entries.map(({ inboxId }) => inboxId);
    if (this.closed) return this.leave(ids);
    for (const entry of entries) events.redelivered?.({ inbox, entry, error, delayMs });
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      void this.deliver(entries, attempt);
    }, delayMs);
    this.waiting.set(timer, ids);
  }

  private leave(inboxIds: readonly string[]): void {
    this.left += inboxIds.length;
    this.options.hand.putDown(inboxIds);
  }

  private async bury(letter: Letter, reason: DeadLetterReason, why: string, error?: unknown): Promise<void> {
    const { inbox, hand, deadLetters, onDeadLetter, events, at } = this.options;
    const { inboxId, entry, fields, deliveries } = letter;
    const detail = deadLetters.detailOf(why);
    const errorClass = error === undefined ? '' : errorClassOf(error);
    try {
      await at('bury:begin');
      await deadLetters.add({ inbox, inboxId, fields, deliveries }, reason, why, error);
      await at('bury:written');
      events.deadLettered?.({ inbox, inboxId, reason, detail, errorClass });
      try {
        await onDeadLetter?.({ inbox, inboxId, entry, reason, detail, errorClass });
      } catch (trouble) {
        // The letter is kept and the session's deadline still ends it: better than an entry that can never be buried.
        events.troubled?.({ inbox, doing: 'telling of a dead letter', error: trouble });
      }
      await at('bury:told');
      await this.finish([inboxId]);
    } catch (trouble) {
      events.troubled?.({ inbox, doing: 'burying an entry', error: trouble });
      hand.putDown([inboxId]);
    }
  }
}

interface Attempt {
  readonly done: ReadonlySet<string>;
  readonly acknowledged: readonly string[];
  readonly error: unknown;
}

interface Letter {
  readonly inboxId: string;
  readonly entry: InboxEntry | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly deliveries: number;
}

/** What was said up to then is old when a letter is retried; the session's stream has it. */
const withoutSession = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !/^(said|body):\d+$/.test(name)));

const letterFor = (entry: InboxEntry): Letter => {
  const { inboxId, deliveries, session, id, seq, type, traceparent, body } = entry;
  const fields = { session, id, seq: String(seq), type, traceparent: traceparent ?? '', ...(body === null ? {} : { body }) };
  return { inboxId, entry, fields, deliveries };
};
