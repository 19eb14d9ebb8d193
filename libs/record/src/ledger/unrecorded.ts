import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';

const FETCH = 500;

// Postgres spills the hash table of known places to disk when it grows; nothing of it comes here.
const UNRECORDED = `DECLARE inquest_unrecorded NO SCROLL CURSOR FOR
  WITH known AS (
    SELECT place.session_id, place.position FROM session_ledger l, unnest(l.session_ids, l.positions) AS place(session_id, position)
  )
  SELECT s.session_id, s.agent_role || ':' || s.round || ':' || s.slot AS position FROM agent_sessions s
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.session_id = s.session_id AND k.position = s.agent_role || ':' || s.round || ':' || s.slot)`;

/** Rows that came into the table past `append_events`, or whose ledger entry is gone. */
export const reportUnrecorded = async (client: ClientBase, findings: Findings): Promise<void> => {
  await client.query(UNRECORDED);
  for (;;) {
    const { rows } = await client.query<{ session_id: string; position: string }>(`FETCH ${FETCH} FROM inquest_unrecorded`);
    for (const { session_id: sessionId, position } of rows)
      findings.add({
        kind: 'row-unrecorded',
        sessionId,
        position,
        text: `Row ${sessionId}/${position} is in no ledger entry: it was not written by append_events, or its entry is gone.`,
      });
    if (rows.length < FETCH) return;
  }
};
