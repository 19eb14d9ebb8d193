/** Types of the columns that travel in binary form. */
export type ColumnType = 'uuid' | 'text' | 'int4' | 'int8' | 'bool' | 'float8' | 'jsonb' | 'timestamptz';

/**
 * The attributes of the composite type `agent_session_input`, in its order: all columns of `agent_sessions` but
 * `created_at`, which Postgres gives. A spec holds this list against the catalogue.
 */
export const COLUMNS = [
  ['session_id', 'uuid'],
  ['incident_id', 'uuid'],
  ['agent_role', 'text'],
  ['round', 'int4'],
  ['slot', 'text'],
  ['event_id', 'uuid'],
  ['type', 'text'],
  ['seq', 'int4'],
  ['stream_id', 'text'],
  ['schema_version', 'int4'],
  ['mind', 'text'],
  ['degraded', 'bool'],
  ['vote', 'text'],
  ['on_behalf_of', 'text'],
  ['prompt_hash', 'text'],
  ['rule_set', 'text'],
  ['causes', 'jsonb'],
  ['traceparent', 'text'],
  ['trace_id', 'text'],
  ['occurred_at', 'timestamptz'],
  ['latency_ms', 'int8'],
  ['model', 'text'],
  ['input_tokens', 'int8'],
  ['output_tokens', 'int8'],
  ['cache_read_tokens', 'int8'],
  ['cache_write_tokens', 'int8'],
  ['cost_usd', 'float8'],
  ['outcome', 'text'],
  ['gate', 'int4'],
  ['confidence', 'float8'],
  ['output_json', 'jsonb'],
  ['output_hash', 'text'],
  ['input_hash', 'text'],
  ['event_hash', 'text'],
  ['envelope_rest', 'jsonb'],
] as const satisfies readonly (readonly [string, ColumnType])[];

type Column = (typeof COLUMNS)[number];
export type ColumnName = Column[0];

interface Values {
  uuid: string;
  text: string;
  int4: number;
  int8: number;
  bool: boolean;
  float8: number;
  /** JSON text. */
  jsonb: string;
  /** Epoch milliseconds. */
  timestamptz: number;
}

/** One row on its way into Postgres. Jsonb columns hold JSON text, times epoch milliseconds. */
export type InputRow = { readonly [C in Column as C[0]]: Values[C[1]] | null };
