/** Something that a person with superuser rights may do to the record. */
export interface Attack {
  readonly name: string;
  readonly about: string;
  /** Statements; $S1 … $S3 stand for the ids of the base's sessions, oldest first. */
  readonly sql: string;
}

/** A value of the same type that is another one, whatever the column holds. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  uuid: () => `'00000000-0000-4000-8000-000000000000'`,
  text: (column) => `coalesce(${column}, '') || 'x'`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  boolean: (column) => `NOT ${column}`,
  jsonb: (column) =>
    `CASE jsonb_typeof(${column}) WHEN 'array' THEN '[]' ELSE coalesce(${column}, '{}') || '{"summary": "All is well."}' END`,
  'double precision': (column) => `coalesce(${column}, 0) + 0.125`,
  'timestamp with time zone': (column) => `${column} + interval '7 ms'`,
};

const CRITIC = `session_id = '$S1' AND agent_role = 'critic'`;
const DECISION = `session_id = '$S1' AND slot = 'decision'`;
/** Columns that only a decision fills. */
const OF_DECISIONS = ['outcome', 'gate', 'confidence'];

/** One attack per column of the table: the list is the catalogue's, so that a new column is attacked too. */
export const columnAttacks = (columns: readonly { readonly name: string; readonly type: string }[]): Attack[] =>
  columns.map(({ name, type }) => {
    const other = OTHER[type];
    if (!other) throw new Error(`Nobody knows how to tamper with ${name}: say in OTHER what else a ${type} may be.`);
    const row = OF_DECISIONS.includes(name) ? DECISION : CRITIC;
    return {
      name: `column-${name.replaceAll('_', '-')}`,
      about: `another value in ${name} of one row`,
      sql: `UPDATE agent_sessions SET ${name} = ${other(name)} WHERE ${row}`,
    };
  });

const EXCHANGE = (columns: string): string =>
  `UPDATE agent_sessions a SET ${columns
    .split(', ')
    .map((column) => `${column} = other.${column}`)
    .join(', ')} FROM agent_sessions other
     WHERE a.session_id = '$S1' AND other.session_id = '$S1'
       AND (a.agent_role, other.agent_role) IN (('critic', 'reviewer'), ('reviewer', 'critic'))`;

const WHOLE_ROW =
  'event_id, type, seq, stream_id, mind, degraded, vote, on_behalf_of, prompt_hash, causes, traceparent, trace_id, occurred_at, latency_ms, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd, outcome, gate, confidence, output_json, output_hash, input_hash, event_hash, envelope_rest, created_at';

/** Leaves and roots from entry `n` on, made anew from what the rows say now: the work of a thorough forger. */
const RECHAIN = (n: number): string => `
  DO $$ DECLARE e session_ledger; previous bytea := decode(repeat('00', 32), 'hex'); BEGIN
    SELECT root INTO previous FROM session_ledger WHERE session_ledger.n = ${n} - 1;
    previous := coalesce(previous, decode(repeat('00', 32), 'hex'));
    FOR e IN SELECT * FROM session_ledger WHERE session_ledger.n >= ${n} ORDER BY session_ledger.n LOOP
      SELECT string_agg(agent_session_leaf_v1(s), ''::bytea ORDER BY place.i) INTO e.leaves
        FROM unnest(e.session_ids, e.positions) WITH ORDINALITY AS place(session_id, position, i)
        JOIN agent_sessions s ON s.session_id = place.session_id AND s.agent_role || ':' || s.round || ':' || s.slot = place.position;
      e.previous_root := previous;
      e.root := session_ledger_root_v1(e);
      UPDATE session_ledger SET previous_root = e.previous_root, root = e.root, leaves = e.leaves WHERE session_ledger.n = e.n;
      previous := e.root;
    END LOOP;
  END $$`;

const APPENDED = `
  DO $$ DECLARE e session_ledger; last session_ledger; BEGIN
    SELECT * INTO last FROM session_ledger ORDER BY n DESC LIMIT 1;
    SELECT * INTO e FROM session_ledger WHERE n = 3;
    e.n := last.n + 1; e.previous_root := last.root; e.created_at := last.created_at + interval '1 s'; e.root := session_ledger_root_v1(e);
    INSERT INTO session_ledger VALUES (e.*);
  END $$`;

const FORGED = `INSERT INTO agent_sessions SELECT (jsonb_populate_record(a, '{"slot": "lifecycle:1", "type": "approval.granted"}')).* FROM agent_sessions a WHERE ${DECISION}`;

export const ATTACKS: readonly Attack[] = [
  { name: 'untouched', about: 'nothing', sql: 'SELECT 1' },
  { name: 'row-deleted', about: 'one row is deleted', sql: `DELETE FROM agent_sessions WHERE ${CRITIC}` },
  { name: 'session-deleted', about: 'a whole session is deleted', sql: `DELETE FROM agent_sessions WHERE session_id = '$S2'` },
  { name: 'rows-swapped', about: 'two rows change places', sql: EXCHANGE(WHOLE_ROW) },
  { name: 'messages-swapped', about: 'two rows exchange their messages', sql: EXCHANGE('output_json, output_hash') },
  {
    name: 'two-columns',
    about: 'a degraded vote is made a sound one',
    sql: `UPDATE agent_sessions SET degraded = NOT degraded, vote = 'REJECT' WHERE ${CRITIC}`,
  },
  {
    name: 'message-forged',
    about: 'a message is replaced by another one together with its hashes',
    sql: `UPDATE agent_sessions a SET output_json = o.output_json, output_hash = o.output_hash, event_hash = o.event_hash
            FROM agent_sessions o WHERE o.session_id = '$S2' AND o.agent_role = 'critic' AND a.session_id = '$S1' AND a.agent_role = 'critic'`,
  },
  { name: 'row-forged', about: 'a row is slipped in past the ledger', sql: FORGED },
  { name: 'entry-deleted', about: 'a ledger entry is deleted', sql: 'DELETE FROM session_ledger WHERE n = 3' },
  {
    name: 'leaf-changed',
    about: 'one byte of a leaf is changed',
    sql: 'UPDATE session_ledger SET leaves = set_byte(leaves, 0, (get_byte(leaves, 0) + 1) % 256) WHERE n = 3',
  },
  {
    name: 'entries-swapped',
    about: 'two ledger entries change places',
    sql: 'UPDATE session_ledger SET n = 1000 WHERE n = 3; UPDATE session_ledger SET n = 3 WHERE n = 4; UPDATE session_ledger SET n = 4 WHERE n = 1000',
  },
  {
    name: 'entry-replayed',
    about: 'a copy of an old ledger entry is put at the end',
    sql: 'INSERT INTO session_ledger SELECT (SELECT max(n) + 1 FROM session_ledger), previous_root, root, created_at, leaf_version, session_ids, positions, leaves FROM session_ledger WHERE n = 3',
  },
  { name: 'entry-replayed-in-chain', about: 'an old ledger entry is put at the end under a root of its own', sql: APPENDED },
  { name: 'tail-cut', about: "the ledger's last entries are deleted", sql: 'DELETE FROM session_ledger WHERE n > 12' },
  {
    name: 'tail-cut-with-rows',
    about: "the ledger's last entries are deleted, and their rows too",
    sql: `DELETE FROM session_ledger WHERE n > 12; DELETE FROM agent_sessions WHERE session_id = '$S3'`,
  },
  {
    name: 'chain-rewritten',
    about: 'a row is changed and all of the ledger written anew behind it',
    sql: `UPDATE agent_sessions SET seq = 77 WHERE ${CRITIC}; ${RECHAIN(1)}`,
  },
];
