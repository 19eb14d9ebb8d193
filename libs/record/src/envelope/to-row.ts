import type { ColumnName, InputRow } from './columns.js';
import { COLUMNS } from './columns.js';
import type { EnvelopeJson } from './envelope-json.js';
import { headFields, type EnvelopeRest } from './from-row.js';
import { outcomeOf } from './outcome.js';

/** A value of a message that a column cannot hold. Nothing helps but another message. */
export class UnstorableValueError extends Error {
  override readonly name = 'UnstorableValueError';
  constructor(
    readonly column: string,
    problem: string,
  ) {
    super(`The value for ${column} cannot be stored: ${problem}.`);
  }
}

/**
 * The row of a message. Whatever the columns cannot give back to the letter (unknown or absent fields, a time with
 * another offset, a UUID in capitals) goes into `envelope_rest`, so that the event hash still fits after reading.
 * @throws {UnstorableValueError} for text with NUL or half a surrogate pair and for numbers out of range.
 */
export const toRow = (envelope: EnvelopeJson, place: { readonly seq: number; readonly streamId: string }): InputRow => {
  const { outcome, gate, confidence } = outcomeOf(envelope.type, envelope.data);
  const usage = envelope.usage ?? null;
  const row: InputRow = {
    session_id: envelope.sessionId.toLowerCase(),
    incident_id: envelope.incidentId.toLowerCase(),
    agent_role: envelope.role,
    round: envelope.round,
    slot: envelope.slot,
    event_id: envelope.eventId.toLowerCase(),
    type: envelope.type,
    seq: place.seq,
    stream_id: place.streamId,
    schema_version: envelope.schemaVersion,
    mind: envelope.mind,
    degraded: envelope.degraded,
    vote: envelope.vote,
    on_behalf_of: envelope.onBehalfOf ?? null,
    prompt_hash: envelope.promptHash,
    rule_set: envelope.ruleSet,
    causes: JSON.stringify(envelope.causes),
    traceparent: envelope.traceparent,
    trace_id: traceIdOf(envelope.traceparent),
    occurred_at: Date.parse(envelope.occurredAt),
    latency_ms: envelope.latencyMs,
    model: usage?.model ?? null,
    input_tokens: usage?.inputTokens ?? null,
    output_tokens: usage?.outputTokens ?? null,
    cache_read_tokens: usage?.cacheReadTokens ?? null,
    cache_write_tokens: usage?.cacheWriteTokens ?? null,
    cost_usd: usage?.costUsd ?? null,
    outcome,
    gate,
    confidence,
    output_json: JSON.stringify(envelope.data),
    output_hash: envelope.outputHash,
    input_hash: envelope.inputHash,
    event_hash: envelope.eventHash,
    envelope_rest: null,
  };
  checkStorable(row);
  const rest = restOf(envelope, row);
  return rest === null ? row : { ...row, envelope_rest: JSON.stringify(rest) };
};

const restOf = (envelope: EnvelopeJson, row: InputRow): EnvelopeRest | null => {
  const rebuilt: Record<string, unknown> = headFields({
    ...row,
    occurred_at: Number(row.occurred_at),
    latency_ms: Number(row.latency_ms),
  });
  let fields: Record<string, unknown> | undefined;
  for (const name of Object.keys(envelope)) {
    if (name === 'causes' || name === 'data') continue; // Stored as they are, in columns of their own.
    const value = (envelope as Readonly<Record<string, unknown>>)[name];
    if (same(rebuilt[name], value)) continue;
    fields ??= {};
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  }
  const absent = Object.keys(rebuilt).filter((name) => !Object.hasOwn(envelope, name));
  if (!fields && absent.length === 0) return null;
  return { ...(fields && { fields }), ...(absent.length > 0 && { absent }) };
};

/** Only `usage` is an object: equal when it has the same members with the same values. */
const same = (rebuilt: unknown, value: unknown): boolean => {
  if (rebuilt === value) return true;
  if (!isObject(rebuilt) || !isObject(value)) return false;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(rebuilt).length &&
    names.every((name) => Object.hasOwn(rebuilt, name) && rebuilt[name] === value[name])
  );
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const traceIdOf = (traceparent: string | null): string | null =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;

const RANGES = { int4: [-(2 ** 31), 2 ** 31 - 1], int8: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] } as const;

// Buffers would quietly turn half a surrogate pair into U+FFFD, and the hash would not fit any more.
const checkStorable = (row: InputRow): void => {
  for (const [column, type] of COLUMNS) {
    const value = row[column];
    if (value === null) continue;
    if (type === 'text') checkText(column, String(value));
    else if (type === 'int4' || type === 'int8') checkWhole(column, Number(value), RANGES[type]);
    else if (type === 'timestamptz' && !Number.isFinite(value)) throw new UnstorableValueError(column, 'it is not a time');
    else if (value === undefined) throw new UnstorableValueError(column, 'it is not JSON');
  }
};

const checkText = (column: ColumnName, text: string): void => {
  if (text.includes('\0') || !text.isWellFormed())
    throw new UnstorableValueError(column, 'it holds NUL or half a surrogate pair');
};

const checkWhole = (column: ColumnName, value: number, [min, max]: readonly [number, number]): void => {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new UnstorableValueError(column, `${value} is not a whole number between ${min} and ${max}`);
};
