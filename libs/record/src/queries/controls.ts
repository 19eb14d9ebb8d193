import { sha256Json, wellFormed, type Incident } from '@inquest/contracts';
import type { Pool } from 'pg';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.js';

/** What is put on record beside the debates. Those of budgets and filters are written once per subject, whoever notices first. */
export const ControlKind = z.enum([
  'execution-stopped',
  'execution-resumed',
  'budget-warned',
  'budget-spent',
  'incident-filtered',
  'ledger-verified',
]);
export type ControlKind = z.infer<typeof ControlKind>;

export const ControlDraft = z.object({
  kind: ControlKind,
  /** What it is about: `all`, a budget's window, an incident. */
  subject: z.string().max(200),
  actor: z.string().min(1).max(200),
  reason: z.string().min(1).max(1_000),
  data: z.record(z.string(), z.unknown()).default({}),
});
export type ControlDraft = z.input<typeof ControlDraft>;

export interface ControlEvent extends z.output<typeof ControlDraft> {
  readonly n: number;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface ControlPage {
  /** Newest first. Of a filtered incident `data` has what tells it from others, and not all that it brought. */
  readonly events: readonly ControlEvent[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** How an incident that is not to be debated came in. */
export interface Filtered {
  readonly incident: Incident;
  readonly reason: string;
  /** Of the request, already unique to the caller and hashed. */
  readonly idempotencyKey?: string | undefined;
  /** What another request with the same key is compared by. */
  readonly contentHash?: string | undefined;
}

/** What became of a request with an idempotency key: its incident was accepted, or turned away for a reason. */
const KeyUse = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted') }),
  z.object({ kind: z.literal('filtered'), reason: z.string(), contentHash: z.string().nullable() }),
]);
export type KeyUse = z.infer<typeof KeyUse>;

/** Whether anything may be executed, and who said so last; null when it was never switched. */
export interface ExecutionSwitch {
  readonly stopped: boolean;
  readonly last: ControlEvent | null;
}

const COLUMNS = `n::float8 AS n, kind, subject, actor, reason, data, created_at AS "createdAt"`;

const INSERT = `
  INSERT INTO control_events (kind, subject, actor, reason, data) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (kind, subject) WHERE kind IN ('budget-warned', 'budget-spent', 'incident-filtered') DO NOTHING
    RETURNING ${COLUMNS}`;

const LATEST = `SELECT ${COLUMNS} FROM control_events WHERE kind = ANY ($1::text[]) ORDER BY n DESC LIMIT $2`;

// An incident may be as big as a request; a page of them would be a hundred requests.
const PAGE = `
  SELECT n::float8 AS n, kind, subject, actor, reason, created_at AS "createdAt",
         CASE WHEN kind <> 'incident-filtered' THEN data ELSE jsonb_build_object(
           'source', left(data #>> '{incident,source}', 200), 'fingerprint', left(data #>> '{incident,fingerprint}', 200),
           'severity', data #>> '{incident,severity}', 'title', left(data #>> '{incident,title}', 200),
           'startsAt', data #>> '{incident,startsAt}') END AS data
    FROM control_events WHERE kind = ANY ($1::text[]) AND ($2::float8 IS NULL OR n < $2) ORDER BY n DESC LIMIT $3`;

const KEY_USE = `
  SELECT 'accepted' AS kind, NULL AS reason, NULL AS "contentHash" FROM incidents WHERE idempotency_key = $1
  UNION ALL
  SELECT 'filtered', reason, data ->> 'contentHash' FROM control_events WHERE kind = 'incident-filtered' AND subject = $2`;

const LIMIT_MAX = 500;
const Cursor = z.tuple([z.number()]);

const Row = z
  .object({ ...ControlDraft.shape, n: z.number(), createdAt: z.date() })
  .transform((row): ControlEvent => ({ ...row, createdAt: row.createdAt.toISOString() }));

/** The audit of what operators and limits have done to the system: append-only, one row per event. */
export class Controls {
  constructor(private readonly pool: Pool) {}

  /** @returns undefined when this kind is written once per subject, and somebody has. */
  async note(draft: ControlDraft): Promise<ControlEvent | undefined> {
    const { kind, subject, actor, reason, data } = wellFormed(ControlDraft.parse(draft));
    const values = [kind, subject, actor, reason, JSON.stringify(data)];
    const { rows } = await this.pool.query({ name: 'inquest-control', text: INSERT, values });
    return z.array(Row).parse(rows)[0];
  }

  /** Newest first. */
  async history(kinds: readonly ControlKind[] = ControlKind.options, limit = 100): Promise<ControlEvent[]> {
    const { rows } = await this.pool.query({ name: 'inquest-controls', text: LATEST, values: [kinds, limit] });
    return z.array(Row).parse(rows);
  }

  /** Newest first, page by page. @throws {InvalidCursorError} */
  async page(kinds: readonly ControlKind[] = ControlKind.options, cursor?: string, limit = 50): Promise<ControlPage> {
    const [before] = cursor === undefined ? [null] : decodeCursor(cursor, Cursor);
    const size = Math.min(Math.max(1, Math.trunc(limit)), LIMIT_MAX);
    const { rows } = await this.pool.query({ name: 'inquest-controls-page', text: PAGE, values: [kinds, before, size + 1] });
    const found = z.array(Row).parse(rows);
    const events = found.slice(0, size);
    const last = events.at(-1);
    return { events, next: found.length > size && last ? encodeCursor([last.n]) : null };
  }

  /** Read anew each time: whoever asks is about to execute. */
  async execution(): Promise<ExecutionSwitch> {
    const [last = null] = await this.history(['execution-stopped', 'execution-resumed'], 1);
    return { stopped: last?.kind === 'execution-stopped', last };
  }

  async switchExecution(change: { readonly stopped: boolean; readonly actor: string; readonly reason: string }): Promise<void> {
    const { stopped, ...who } = change;
    await this.note({ kind: stopped ? 'execution-stopped' : 'execution-resumed', subject: 'all', ...who });
  }

  /**
   * Records an incident that is not to be debated: once for the same incident, or for the same request with its key.
   * @returns whether it is new.
   */
  async filterIncident({ incident, reason, idempotencyKey, contentHash }: Filtered): Promise<boolean> {
    const { source, fingerprint, startsAt } = incident;
    // Hashed: an index takes no text as long as a pager's fingerprint may be.
    const subject = idempotencyKey === undefined ? sha256Json([source, fingerprint, startsAt]) : subjectOfKey(idempotencyKey);
    const data = { incident, ...(contentHash !== undefined && { contentHash }) };
    return (await this.note({ kind: 'incident-filtered', subject, actor: 'admission filter', reason, data })) !== undefined;
  }

  /** What the key was used for before, if it was. */
  async useOfKey(idempotencyKey: string): Promise<KeyUse | undefined> {
    const values = [idempotencyKey, subjectOfKey(idempotencyKey)];
    const { rows } = await this.pool.query({ name: 'inquest-key-use', text: KEY_USE, values });
    return z.array(KeyUse).parse(rows)[0];
  }
}

const subjectOfKey = (idempotencyKey: string): string => `key ${idempotencyKey}`;
