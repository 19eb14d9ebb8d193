import type { Pool } from 'pg';
import type { Prepared } from './prepare.js';

/** Those of the waiting events that wait in vain: the place of one of their causes is taken by a row with another hash. */
export const supersededCauses = async (pool: Pool, waiting: readonly Prepared[]): Promise<Prepared[]> => {
  const { rows } = await pool.query<{ event_id: string; event_hash: string }>(
    'SELECT event_id, event_hash FROM agent_sessions WHERE session_id = ANY ($1::uuid[])',
    [[...new Set(waiting.map(({ sessionId }) => sessionId))]],
  );
  const hashes = new Map(rows.map(({ event_id, event_hash }) => [event_id, event_hash]));
  return waiting.filter(({ causes }) =>
    causes.some(({ eventId, eventHash }) => {
      const committed = hashes.get(eventId.toLowerCase());
      return committed !== undefined && committed !== eventHash;
    }),
  );
};
