import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';
import { atPlaceSql, imageSql, PLACE_COLUMNS, type LeafColumn } from './leaf.js';
import type { MissingRows } from './missing-rows.js';
import { encode } from './encode.js';
import { RowImage, type Replacements } from './row-image.js';
import type { RecordedPlace } from './rows.js';

const FETCH = 500;

// Postgres spills the hash table of known places to disk when it grows; nothing of it comes here.
const UNRECORDED = `DECLARE inquest_unrecorded NO SCROLL CURSOR FOR
  WITH known AS (
    SELECT place.session_id, place.position FROM session_ledger l, unnest(l.session_ids, l.positions) AS place(session_id, position)
  )
  SELECT s.session_id, s.agent_role || ':' || s.round || ':' || s.slot AS position, s.event_id FROM agent_sessions s
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.session_id = s.session_id AND k.position = s.agent_role || ':' || s.round || ':' || s.slot)`;

interface UnrecordedRow {
  readonly session_id: string;
  readonly position: string;
  readonly event_id: string;
}

/** Rows in the table now: to be compared with those that the ledger led to. */
export const countRows = async (client: ClientBase): Promise<number> =>
  (await client.query<{ rows: number }>('SELECT count(*)::float8 AS rows FROM agent_sessions')).rows[0]?.rows ?? 0;

/**
 * Rows that came into the table past `append_events`, or whose ledger entry is gone. One that has the event id of a missing row is that
 * row in another place.
 */
export const reportUnrecorded = async (client: ClientBase, findings: Findings, missing: MissingRows): Promise<void> => {
  await client.query('SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on');
  await client.query(UNRECORDED);
  for (;;) {
    const { rows } = await client.query<UnrecordedRow>(`FETCH ${FETCH} FROM inquest_unrecorded`);
    for (const row of rows) {
      const place = missing.placeOf(row.event_id);
      if (place) await reportMoved(client, findings, row, place);
      if (place) missing.found(place);
      else reportForged(findings, row);
    }
    if (rows.length < FETCH) return;
  }
};

const reportForged = (findings: Findings, { session_id: sessionId, position }: UnrecordedRow): void =>
  findings.add({
    kind: 'row-unrecorded',
    sessionId,
    position,
    text: `Row ${sessionId}/${position} is in no ledger entry: it was not written by append_events, or its entry is gone.`,
  });

const reportMoved = async (client: ClientBase, findings: Findings, row: UnrecordedRow, place: RecordedPlace): Promise<void> => {
  const { sessionId, position, n } = place;
  const { rows } = await client.query<{ image: Buffer }>(
    `SELECT ${imageSql('s')} AS image FROM agent_sessions s WHERE ${atPlaceSql('s', '$1::uuid', '$2::text')}`,
    [row.session_id, row.position],
  );
  const image = rows[0] && new RowImage(rows[0].image);
  const recorded = placeColumns(place);
  const columns = PLACE_COLUMNS.filter((column) => image?.value(column)?.equals(recorded.get(column) ?? NOTHING) !== true);
  const proven = image?.fits(place.leaf, recorded) === true;
  const text = `Row ${sessionId}/${position} now stands at ${row.session_id}/${row.position}: ${columns.join(', ')} was changed${proven ? '; put back, it fits its leaf' : ', and more with it'}.`;
  findings.add({ kind: 'row-tampered', sessionId, position, n, columns, certainty: proven ? 'proven' : 'deduced', text });
};

const NOTHING = Buffer.alloc(0);

const placeColumns = ({ sessionId, position }: RecordedPlace): Replacements => {
  const [role = '', round = '', ...slot] = position.split(':');
  return new Map<LeafColumn, Buffer | null>([
    ['session_id', encode.uuid(sessionId)],
    ['agent_role', encode.text(role)],
    ['round', encode.int4(Number(round))],
    ['slot', encode.text(slot.join(':'))],
  ]);
};
