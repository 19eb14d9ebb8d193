import { sha256Json, wellFormed, type Incident } from '@inquest/contracts';
import type { Pool } from 'pg';
import { z } from 'zod';

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

  /** Read anew each time: whoever asks is about to execute. */
  async execution(): Promise<ExecutionSwitch> {
    const [last = null] = await this.history(['execution-stopped', 'execution-resumed'], 1);
    return { stopped: last?.kind === 'execution-stopped', last };
  }

  async switchExecution(change: { readonly stopped: boolean; readonly actor: string; readonly reason: string }): Promise<void> {
    const { stopped, ...who } = change;
    await this.note({ kind: stopped ? 'execution-stopped' : 'execution-resumed', subject: 'all', ...who });
  }

  /** Records an incident that is not to be debated. The same one again adds nothing: @returns whether it is new. */
  async filterIncident(incident: Incident, reason: string): Promise<boolean> {
    const { source, fingerprint, startsAt } = incident;
    // Hashed: an index takes no text as long as a pager's fingerprint may be.
    const subject = sha256Json([source, fingerprint, startsAt]);
    const draft = { kind: 'incident-filtered', subject, actor: 'admission filter', reason, data: { incident } } as const;
    return (await this.note(draft)) !== undefined;
  }
}
