import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { z } from 'zod';
import { compositeArray } from './composite-array.js';
import type { Prepared } from './prepare.js';

/** A row that holds the place of an event of the batch. */
export const ExistingRow = z.object({
  /** Of the event in the batch. */
  eventHash: z.string(),
  row: z.object({ sessionId: z.string(), incidentId: z.string(), eventHash: z.string(), seq: z.number(), type: z.string() }),
});
export type ExistingRow = z.infer<typeof ExistingRow>;

/** All of the batch is written, or nothing and the reason. */
export type AppendReply =
  { readonly inserted: number } | { readonly missing: ReadonlySet<string> } | { readonly existing: readonly ExistingRow[] };

const Reply = z.object({
  inserted: z.number(),
  missing_causes: z.array(z.string()).nullable(),
  existing: z.array(ExistingRow).nullable(),
});

const APPEND = 'SELECT inserted, missing_causes, existing FROM append_events($1, $2::uuid[], $3::text[])';

/** The one statement that writes history. */
export class AppendStatement {
  // Two at a time would only meet at the lock of the ledger, and the second often rests on what the first brings.
  private readonly turns = pLimit(1);
  private inputTypeId: Promise<number> | undefined;

  constructor(private readonly pool: Pool) {}

  /** One statement, one commit, one ledger entry. */
  run(batch: readonly Prepared[]): Promise<AppendReply> {
    return this.turns(() => this.runNow(batch));
  }

  private async runNow(batch: readonly Prepared[]): Promise<AppendReply> {
    const outside = causesOutside(batch);
    const rows = compositeArray(
      batch.map(({ row }) => row),
      await this.inputType(),
    );
    const values = [rows, outside.map(({ sessionId }) => sessionId), outside.map(({ eventHash }) => eventHash)];
    const { rows: replies } = await this.pool.query({ name: 'inquest-append', text: APPEND, values });
    const { inserted, missing_causes: missing, existing } = Reply.parse(replies[0]);
    if (missing) return { missing: new Set(missing) };
    return existing ? { existing } : { inserted };
  }

  private async inputType(): Promise<number> {
    this.inputTypeId ??= this.lookUpInputType();
    try {
      return await this.inputTypeId;
    } catch (error) {
      this.inputTypeId = undefined; // The next call asks again.
      throw error;
    }
  }

  private async lookUpInputType(): Promise<number> {
    const { rows } = await this.pool.query<{ id: number }>(`SELECT 'agent_session_input'::regtype::oid::int8::float8 AS id`);
    return z.object({ id: z.number() }).parse(rows[0]).id;
  }
}

/** What the batch rests on and does not bring along. */
const causesOutside = (batch: readonly Prepared[]): { sessionId: string; eventHash: string }[] => {
  const within = new Set(batch.map(({ sessionId, eventHash }) => `${sessionId}/${eventHash}`));
  const outside = new Map<string, { sessionId: string; eventHash: string }>();
  for (const { sessionId, causes } of batch) {
    for (const { eventHash } of causes) {
      const cause = `${sessionId}/${eventHash}`;
      if (!within.has(cause)) outside.set(cause, { sessionId, eventHash });
    }
  }
  return [...outside.values()];
};
