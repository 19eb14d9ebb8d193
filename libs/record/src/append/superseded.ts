import { isTerminal } from '@inquest/contracts';
import type { Pool } from 'pg';
import type { ExistingRow } from './append-statement.js';
import type { Prepared } from './prepare.js';

interface CommittedRow {
  readonly session_id: string;
  readonly incident_id: string;
  readonly event_id: string;
  readonly event_hash: string;
  readonly seq: number;
  readonly type: string;
}

/** Of an event that would wait in vain: the row in its own place, or null when one of its causes lost its place to another. */
export interface WaitsInVain {
  readonly prepared: Prepared;
  readonly row: ExistingRow['row'] | null;
}

/** Those of the waiting events whose place, or the place of one of their causes, is taken by a row with another hash. */
export const waitingInVain = async (pool: Pool, waiting: readonly Prepared[]): Promise<WaitsInVain[]> => {
  const { rows } = await pool.query<CommittedRow>(
    'SELECT session_id, incident_id, event_id, event_hash, seq, type FROM agent_sessions WHERE session_id = ANY ($1::uuid[])',
    [[...new Set(waiting.map(({ sessionId }) => sessionId))]],
  );
  const byId = new Map(rows.map((row) => [row.event_id, row]));
  const ends = new Map(rows.filter(({ type }) => isTerminal(type)).map((row) => [row.session_id, row]));
  return waiting.flatMap((prepared): WaitsInVain[] => {
    const own =
      byId.get(String(prepared.row.event_id)) ??
      (isTerminal(String(prepared.row.type)) ? ends.get(prepared.sessionId) : undefined);
    if (own && own.event_hash !== prepared.eventHash) return [{ prepared, row: existing(own) }];
    return prepared.causes.some((cause) => isTaken(byId.get(cause.eventId.toLowerCase()), cause.eventHash))
      ? [{ prepared, row: null }]
      : [];
  });
};

const isTaken = (row: CommittedRow | undefined, hash: string): boolean => row !== undefined && row.event_hash !== hash;

const existing = ({ session_id, incident_id, event_hash, seq, type }: CommittedRow): ExistingRow['row'] => ({
  sessionId: session_id,
  incidentId: incident_id,
  eventHash: event_hash,
  seq,
  type,
});
