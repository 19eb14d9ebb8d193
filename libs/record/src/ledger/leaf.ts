/** What leaves of version 1 are made of, in order. Frozen: it has to agree with what the migration gave Postgres. */
export const LEAF_COLUMNS = [
  'session_id',
  'incident_id',
  'agent_role',
  'round',
  'slot',
  'event_id',
  'type',
  'seq',
  'stream_id',
  'schema_version',
  'mind',
  'degraded',
  'vote',
  'on_behalf_of',
  'prompt_hash',
  'rule_set',
  'causes',
  'traceparent',
  'trace_id',
  'occurred_at',
  'latency_ms',
  'model',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_usd',
  'outcome',
  'gate',
  'confidence',
  'output_json',
  'output_hash',
  'input_hash',
  'event_hash',
  'envelope_rest',
  'created_at',
] as const;
export type LeafColumn = (typeof LEAF_COLUMNS)[number];

export const LEAF_BYTES = 32;

/** A row's primary key. */
export const PLACE_COLUMNS: readonly LeafColumn[] = ['session_id', 'agent_role', 'round', 'slot'];

/** SQL for the bytes of row `alias` that its leaf is the SHA-256 of: each value with its type and length. */
export const imageSql = (alias: string): string =>
  `record_send(ROW(${LEAF_COLUMNS.map((column) => `${alias}.${column}`).join(', ')}))`;

/** SQL for the root of a ledger entry of version 1, or for the root that it would have under another number. */
export const rootSql = (alias: string, n = `${alias}.n`): string =>
  `sha256(record_send(ROW(${n}, ${['previous_root', 'created_at', 'leaf_version', 'session_ids', 'positions', 'leaves'].map((column) => `${alias}.${column}`).join(', ')})))`;

/** SQL for joining rows by `session_id` and a position `role:round:slot`; a slot may hold a colon itself. */
export const atPlaceSql = (row: string, sessionId: string, position: string): string =>
  `${row}.session_id = ${sessionId} AND ${row}.agent_role = split_part(${position}, ':', 1) AND ${row}.round = split_part(${position}, ':', 2)::integer
   AND ${row}.slot = substr(${position}, length(split_part(${position}, ':', 1)) + length(split_part(${position}, ':', 2)) + 3)`;
