import { isTerminal, SCHEMA_VERSION } from '@inquest/contracts';
import type { Pool } from 'pg';
import { savePoisoned } from '../queries/poisoned-events.js';
import type { AppendResult, Poisoned, RecordableEvent, Terminal } from './append-result.js';
import { AppendStatement, type ExistingRow } from './append-statement.js';
import { batches } from './batches.js';
import { isDataError } from './data-error.js';
import { inOrder, prepare, type Prepared } from './prepare.js';
import { waitingInVain } from './superseded.js';

/** What became of one event. */
export type Fate =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'repeated'; readonly row: ExistingRow['row'] }
  | { readonly kind: 'superseded'; readonly row: ExistingRow['row'] | null }
  | { readonly kind: 'waiting'; readonly missing: readonly string[] }
  | { readonly kind: 'poisoned'; readonly reason: string };

/** Appends events to the history, idempotently, and says what became of each. Rows that are there are never touched. */
export class Appender {
  private readonly statement: AppendStatement;

  constructor(private readonly pool: Pool) {
    this.statement = new AppendStatement(pool);
  }

  /** @throws when Postgres cannot be reached or refuses for reasons of its own; calling again with the same events is safe. */
  async append(events: readonly RecordableEvent[]): Promise<AppendResult> {
    const poisoned: Poisoned[] = [];
    const firsts = new Map<string, Prepared>();
    const doubles: Prepared[] = [];
    for (const event of events) {
      const preparation = prepare(event);
      if ('poisoned' in preparation) poisoned.push(preparation.poisoned);
      else if (firsts.has(preparation.prepared.place)) doubles.push(preparation.prepared);
      else firsts.set(preparation.prepared.place, preparation.prepared);
    }
    const fates = new Map<Prepared, Fate>();
    const rows = [...firsts.values()].sort(inOrder);
    for (const batch of batches(rows, ({ event }) => event.body.length)) await this.settle(batch, fates);
    for (const double of doubles) fates.set(double, fateOfDouble(double, firsts.get(double.place), fates));
    await this.findThoseInVain(fates);
    const result = summarise(fates, poisoned);
    await savePoisoned(this.pool, result.poisoned);
    return result;
  }

  /** Writes what can be written. Each round either ends it or takes at least one event out of the batch. */
  private async settle(batch: readonly Prepared[], fates: Map<Prepared, Fate>): Promise<void> {
    let rest = batch;
    while (rest.length > 0) {
      try {
        const reply = await this.statement.run(rest);
        if ('inserted' in reply) rest.forEach((prepared) => fates.set(prepared, { kind: 'inserted' }));
        else if ('missing' in reply) markWaiting(rest, reply.missing, fates);
        else markExisting(rest, reply.existing, fates);
      } catch (error) {
        if (!isDataError(error)) throw error;
        return this.bisect(rest, error, fates);
      }
      rest = rest.filter((prepared) => !fates.has(prepared));
    }
  }

  private async bisect(batch: readonly Prepared[], error: Error, fates: Map<Prepared, Fate>): Promise<void> {
    const [only, ...others] = batch;
    if (only && others.length === 0) {
      fates.set(only, { kind: 'poisoned', reason: `PostgreSQL refuses the row: ${error.message}` });
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.settle(batch.slice(0, middle), fates);
    await this.settle(batch.slice(middle), fates);
  }

  private async findThoseInVain(fates: Map<Prepared, Fate>): Promise<void> {
    const waiting = [...fates].filter(([, fate]) => fate.kind === 'waiting').map(([prepared]) => prepared);
    if (waiting.length === 0) return;
    for (const { prepared, row } of await waitingInVain(this.pool, waiting)) fates.set(prepared, { kind: 'superseded', row });
  }
}

/** Whoever rests on what is missing waits; so does, in the next round, whoever rests on those. */
const markWaiting = (batch: readonly Prepared[], missing: ReadonlySet<string>, fates: Map<Prepared, Fate>): void => {
  for (const prepared of batch) {
    const lacking = prepared.causes.map(({ eventHash }) => eventHash).filter((hash) => missing.has(hash));
    if (lacking.length > 0) fates.set(prepared, { kind: 'waiting', missing: lacking });
  }
};

const markExisting = (batch: readonly Prepared[], existing: readonly ExistingRow[], fates: Map<Prepared, Fate>): void => {
  const rows = new Map<string, ExistingRow['row']>();
  // The row in an event's own place may come with another end of the session: a row with the same hash is the one.
  for (const { eventHash, row } of existing) if (rows.get(eventHash)?.eventHash !== eventHash) rows.set(eventHash, row);
  for (const prepared of batch) {
    const row = rows.get(prepared.eventHash);
    if (row) fates.set(prepared, row.eventHash === prepared.eventHash ? { kind: 'repeated', row } : { kind: 'superseded', row });
  }
};

/** The second of two events for one place in the same delivery. */
const fateOfDouble = (double: Prepared, first: Prepared | undefined, fates: Map<Prepared, Fate>): Fate => {
  const fate = first && fates.get(first);
  if (!first || !fate) throw new Error(`No fate was found for the event at ${double.place}; this is a fault of the appender.`);
  if (first.eventHash === double.eventHash) return fate.kind === 'inserted' ? { kind: 'repeated', row: rowOf(first) } : fate;
  if (fate.kind === 'superseded' && fate.row)
    return fate.row.eventHash === double.eventHash ? { kind: 'repeated', row: fate.row } : fate;
  if (fate.kind === 'inserted' || fate.kind === 'repeated') return { kind: 'superseded', row: rowOf(first) };
  return { kind: 'waiting', missing: [] }; // The place is free yet; it is tried alone with the next delivery.
};

const rowOf = ({ sessionId, incidentId, eventHash, event, row }: Prepared): Terminal => ({
  sessionId,
  incidentId,
  eventHash,
  seq: event.seq,
  type: String(row.type),
});

const summarise = (fates: ReadonlyMap<Prepared, Fate>, unreadable: readonly Poisoned[]): AppendResult => {
  const result = {
    inserted: 0,
    repeated: 0,
    superseded: [],
    waiting: [],
    newer: [],
    poisoned: [...unreadable],
    terminals: [],
  } as Writable<AppendResult>;
  const terminals = new Map<string, Terminal>();
  for (const [prepared, fate] of fates) {
    const { event, sessionId, incidentId, eventHash } = prepared;
    const schemaVersion = Number(prepared.row.schema_version);
    if (fate.kind === 'inserted' && schemaVersion > SCHEMA_VERSION) result.newer.push({ event, sessionId, schemaVersion });
    if (fate.kind === 'inserted') result.inserted++;
    else if (fate.kind === 'repeated') result.repeated++;
    else if (fate.kind === 'superseded')
      result.superseded.push({ event, sessionId, eventHash, rowHash: fate.row?.eventHash ?? null });
    else if (fate.kind === 'waiting') result.waiting.push({ event, sessionId, missing: fate.missing });
    else result.poisoned.push({ event, sessionId, incidentId, reason: fate.reason });
    const terminal = committed(prepared, fate);
    if (terminal && isTerminal(terminal.type)) terminals.set(terminal.sessionId, terminal);
  }
  return { ...result, terminals: [...terminals.values()] };
};

const committed = (prepared: Prepared, fate: Fate): Terminal | null => {
  if (fate.kind === 'inserted') return rowOf(prepared);
  return fate.kind === 'repeated' || fate.kind === 'superseded' ? fate.row : null;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
