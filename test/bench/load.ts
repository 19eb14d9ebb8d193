import { performance } from 'node:perf_hooks';
import type { Client } from 'pg';
import { goldenRows, goldenStreams } from '../golden/files.js';
import { DebateCopies, type CopiedRow } from './debate-copies.js';
import { CHAIN_END, CHUNK, LOADING, TEMPLATES } from './load-sql.js';

export interface LoadOptions {
  /** At least this many; the last debate is loaded whole. */
  readonly rows: number;
  /** The recorder writes a handful per entry when it is idle and up to 500 when it is busy. */
  readonly rowsPerEntry: number;
  /** The time that the rows are spread over; it ends now. */
  readonly days: number;
  readonly progress?: (rows: number, rowsPerSecond: number) => void;
}

export interface Loaded {
  readonly rows: number;
  readonly sessions: number;
  readonly entries: number;
  readonly seconds: number;
}

const ROWS_PER_CHUNK = 20_000;
const DAY_MS = 86_400_000;
const SCHEMA_VERSION = 1;

/**
 * Fills a migrated record with copies of the golden debates: incidents, rows and ledger, as the recorder would have left them, leaves
 * and roots computed by the record's own SQL functions. What is there already stays; the chain goes on behind it.
 * @param client as the owner of the schema or as a superuser.
 */
export const load = async (client: Client, options: LoadOptions): Promise<Loaded> => {
  const startedAt = performance.now();
  const { rows, rowsPerEntry, progress } = options;
  const copies = new DebateCopies(goldenStreams(SCHEMA_VERSION));
  await client.query(LOADING);
  await client.query(TEMPLATES, [JSON.stringify(goldenRows(SCHEMA_VERSION).flatMap((file) => file.rows.map(({ row }) => row)))]);
  const startMs = Math.max((await chainEndMs(client)) ?? 0, Date.now() - options.days * DAY_MS);
  // Whole microseconds, as PostgreSQL keeps them; more entries than rows / rowsPerEntry, as every chunk begins a new one.
  const entriesMax = Math.ceil(rows / rowsPerEntry) + Math.ceil(rows / ROWS_PER_CHUNK) + 1;
  const stepUs = Math.max(1, Math.floor(((Date.now() - startMs) * 1_000) / entriesMax));
  const total = { rows: 0, sessions: 0, entries: 0 };
  while (total.rows < rows) {
    const chunk: CopiedRow[] = [];
    const entries: number[] = [];
    while (chunk.length < ROWS_PER_CHUNK && total.rows + chunk.length < rows) {
      const entry = total.entries + Math.floor(chunk.length / rowsPerEntry) + 1;
      const debate = copies.copy(Math.floor(startMs + (entry * stepUs) / 1_000));
      debate.forEach((_, index) => entries.push(total.entries + Math.floor((chunk.length + index) / rowsPerEntry) + 1));
      chunk.push(...debate);
      total.sessions++;
    }
    total.entries += await write(client, chunk, entries, { startMs, stepUs });
    total.rows += chunk.length;
    progress?.(total.rows, Math.round(total.rows / secondsSince(startedAt)));
  }
  await client.query('ANALYZE agent_sessions; ANALYZE session_ledger; ANALYZE incidents');
  return { ...total, seconds: secondsSince(startedAt) };
};

const chainEndMs = async (client: Client): Promise<number | null> =>
  (await client.query<{ at: number | null }>(CHAIN_END)).rows[0]?.at ?? null;

const write = async (
  client: Client,
  chunk: readonly CopiedRow[],
  entries: readonly number[],
  { startMs, stepUs }: { startMs: number; stepUs: number },
): Promise<number> => {
  const column = (name: keyof CopiedRow): string[] => chunk.map((row) => row[name]);
  const columns = [
    'template',
    'sessionId',
    'incidentId',
    'eventId',
    'causes',
    'inputHash',
    'eventHash',
    'occurredAt',
    'streamId',
  ] as const;
  const values = [...columns.map(column), entries, new Date(startMs), stepUs];
  const { rows } = await client.query<{ entries: number }>(CHUNK, values);
  return rows[0]?.entries ?? 0;
};

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;
