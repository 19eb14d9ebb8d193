import type { Envelope } from '@inquest/contracts';

/** The scalar columns of an envelope, by the names of their columns. Times are epoch milliseconds. */
export interface HeadRow {
  readonly session_id: string | null;
  readonly incident_id: string | null;
  readonly agent_role: string | null;
  readonly round: number | null;
  readonly slot: string | null;
  readonly event_id: string | null;
  readonly type: string | null;
  readonly schema_version: number | null;
  readonly mind: string | null;
  readonly degraded: boolean | null;
  readonly vote: string | null;
  readonly on_behalf_of: string | null;
  readonly prompt_hash: string | null;
  readonly rule_set: string | null;
  readonly traceparent: string | null;
  readonly occurred_at: number;
  readonly latency_ms: number;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly cost_usd: number | null;
  readonly output_hash: string | null;
  readonly input_hash: string | null;
  readonly event_hash: string | null;
}

/** What is put over the fields that the columns give. */
export interface EnvelopeRest {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
}

export interface StoredRow extends HeadRow {
  readonly causes: unknown;
  readonly output_json: unknown;
  readonly envelope_rest: EnvelopeRest | null;
}

/** SELECT list that gives a `StoredRow`, with numbers as numbers. */
export const STORED_COLUMNS = `
  session_id, incident_id, agent_role, round, slot, event_id, type, seq, stream_id, schema_version, mind, degraded, vote,
  on_behalf_of, prompt_hash, rule_set, causes, traceparent, trace_id,
  (extract(epoch FROM occurred_at) * 1000)::float8 AS occurred_at, latency_ms::float8 AS latency_ms, model,
  input_tokens::float8 AS input_tokens, output_tokens::float8 AS output_tokens, cache_read_tokens::float8 AS cache_read_tokens,
  cache_write_tokens::float8 AS cache_write_tokens, cost_usd, outcome, gate, confidence, output_json, output_hash, input_hash,
  event_hash, envelope_rest, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at`;

/** The message exactly as it was published: its event hash, taken again, is the stored one. */
export const fromRow = (row: StoredRow): Envelope => {
  const message: Record<string, unknown> = { ...headFields(row), causes: row.causes, data: row.output_json };
  for (const name of row.envelope_rest?.absent ?? []) Reflect.deleteProperty(message, name);
  for (const [name, value] of Object.entries(row.envelope_rest?.fields ?? {}))
    Object.defineProperty(message, name, { value, enumerable: true, configurable: true, writable: true });
  return message as Envelope; // It was parsed as one before it was stored, and the ledger tells if it was touched since.
};

/** All fields but causes and data, as `seal` would have written them. */
export const headFields = (row: HeadRow) => ({
  eventId: row.event_id,
  sessionId: row.session_id,
  incidentId: row.incident_id,
  role: row.agent_role,
  onBehalfOf: row.on_behalf_of,
  round: row.round,
  slot: row.slot,
  schemaVersion: row.schema_version,
  mind: row.mind,
  degraded: row.degraded,
  vote: row.vote,
  promptHash: row.prompt_hash,
  ruleSet: row.rule_set,
  latencyMs: row.latency_ms,
  traceparent: row.traceparent,
  occurredAt: isoTime(row.occurred_at),
  usage: usageOf(row),
  outputHash: row.output_hash,
  inputHash: row.input_hash,
  type: row.type,
  eventHash: row.event_hash,
});

const usageOf = (row: HeadRow) =>
  row.model === null
    ? null
    : {
        model: row.model,
        inputTokens: row.input_tokens,
        outputTokens: row.output_tokens,
        cacheReadTokens: row.cache_read_tokens,
        cacheWriteTokens: row.cache_write_tokens,
        costUsd: row.cost_usd,
      };

/** PostgreSQL knows times that ECMAScript does not; no message was ever published with one. */
const isoTime = (epochMs: number): string => (Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : '');
