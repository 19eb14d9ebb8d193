import { eventIdOf, inputHash, type Role } from '@inquest/contracts';
import { hash } from 'node:crypto';
import type { BinaryFields } from './binary-fields.js';
import { CanonicalBytes, NotTakenError } from './canonical-bytes.js';
import { indexOf, POSTGRES_EPOCH_MS } from './row-image.js';

const BYTES_MAX = 4 * 1024 * 1024;
const NO_CAUSES = inputHash([]);
/** Text that stands between quotes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const C = {
  sessionId: indexOf('session_id'),
  incidentId: indexOf('incident_id'),
  role: indexOf('agent_role'),
  round: indexOf('round'),
  slot: indexOf('slot'),
  eventId: indexOf('event_id'),
  type: indexOf('type'),
  schemaVersion: indexOf('schema_version'),
  mind: indexOf('mind'),
  degraded: indexOf('degraded'),
  vote: indexOf('vote'),
  onBehalfOf: indexOf('on_behalf_of'),
  promptHash: indexOf('prompt_hash'),
  ruleSet: indexOf('rule_set'),
  causes: indexOf('causes'),
  traceparent: indexOf('traceparent'),
  traceId: indexOf('trace_id'),
  occurredAt: indexOf('occurred_at'),
  latencyMs: indexOf('latency_ms'),
  model: indexOf('model'),
  inputTokens: indexOf('input_tokens'),
  outputTokens: indexOf('output_tokens'),
  cacheReadTokens: indexOf('cache_read_tokens'),
  cacheWriteTokens: indexOf('cache_write_tokens'),
  costUsd: indexOf('cost_usd'),
  outcome: indexOf('outcome'),
  gate: indexOf('gate'),
  confidence: indexOf('confidence'),
  data: indexOf('output_json'),
  outputHash: indexOf('output_hash'),
  inputHash: indexOf('input_hash'),
  eventHash: indexOf('event_hash'),
  rest: indexOf('envelope_rest'),
} as const;

/** Types of messages with columns made of their data. */
const SEARCHABLE = new Set(['decision.made', 'session.failed', 'diagnosis.reported']);

/**
 * Tells in microseconds that a row is what its own hashes say. A yes is proof, for it rests on the hashes; a no means only that the
 * row has to be looked at closely: by `contradictions`, which reads it as its writer made it.
 */
export class Coherence {
  private readonly canonical = new CanonicalBytes(BYTES_MAX);

  holds(image: Buffer, fields: BinaryFields): boolean {
    try {
      return this.check(new Columns(image, fields));
    } catch (error) {
      if (error instanceof NotTakenError) return false;
      throw error;
    }
  }

  private check(row: Columns): boolean {
    if (row.has(C.rest)) return false;
    const sessionId = row.uuid(C.sessionId);
    const role = row.plain(C.role);
    const round = row.int4(C.round);
    const slot = row.plain(C.slot);
    const eventId = row.uuid(C.eventId);
    const type = row.plain(C.type);
    const traceparent = row.plainOrNull(C.traceparent);
    if (eventId !== eventIdOf(sessionId, role as Role, round, slot)) return false;
    if (row.plainOrNull(C.traceId) !== traceIdOf(traceparent)) return false;

    const { canonical } = this;
    canonical.clear();
    canonical.writeText('{"causes":');
    canonical.writeJsonb(row.image, row.start(C.causes) + JSONB_VERSION_BYTES, row.end(C.causes));
    if (row.plain(C.inputHash) !== this.inputHash()) return false;
    canonical.writeText(',"data":');
    const dataFrom = canonical.length;
    canonical.writeJsonb(row.image, row.start(C.data) + JSONB_VERSION_BYTES, row.end(C.data));
    if (row.plain(C.outputHash) !== hash('sha256', canonical.out.subarray(dataFrom, canonical.length), 'hex')) return false;
    canonical.writeText(
      `,"degraded":${row.image[row.start(C.degraded)] === 1},"eventId":"${eventId}","incidentId":"${row.uuid(C.incidentId)}"` +
        `,"inputHash":"${row.plain(C.inputHash)}","latencyMs":${row.int8(C.latencyMs)},"mind":"${row.plain(C.mind)}"` +
        `,"occurredAt":"${row.time(C.occurredAt)}","onBehalfOf":${row.quoted(C.onBehalfOf)},"outputHash":"${row.plain(C.outputHash)}"` +
        `,"promptHash":${row.quoted(C.promptHash)},"role":"${role}","round":${round},"ruleSet":"${row.plain(C.ruleSet)}"` +
        `,"schemaVersion":${row.int4(C.schemaVersion)},"sessionId":"${sessionId}","slot":"${slot}"` +
        `,"traceparent":${traceparent === null ? 'null' : `"${traceparent}"`},"type":"${type}","usage":${usageOf(row)},"vote":${row.quoted(C.vote)}}`,
    );
    if (row.plain(C.eventHash) !== hash('sha256', canonical.out.subarray(0, canonical.length), 'hex')) return false;
    return SEARCHABLE.has(type)
      ? outcomeFits(row, type, canonical)
      : !row.has(C.outcome) && !row.has(C.gate) && !row.has(C.confidence);
  }

  /** Of the causes written last, `[{"eventHash":"…","eventId":"…"},…]`: hashes and ids have one length, so they stand at fixed places. */
  private inputHash(): string {
    const { out, length } = this.canonical;
    if (length === CAUSES_FROM + 2) return NO_CAUSES;
    const hashes: string[] = [];
    for (let at = CAUSES_FROM + 1; at < length; at += CAUSE_BYTES) hashes.push(out.toString('latin1', at + 13, at + 79));
    return hash('sha256', `[${hashes.sort().join(',')}]`, 'hex');
  }
}

/** Of one cause and the comma or bracket behind it. */
const CAUSE_BYTES = '{"eventHash":"","eventId":""},'.length + 64 + 36;
const CAUSES_FROM = '{"causes":'.length;
const JSONB_VERSION_BYTES = 1;

const usageOf = (row: Columns): string =>
  row.has(C.model)
    ? `{"cacheReadTokens":${row.int8(C.cacheReadTokens)},"cacheWriteTokens":${row.int8(C.cacheWriteTokens)},"costUsd":${row.float8(C.costUsd)}` +
      `,"inputTokens":${row.int8(C.inputTokens)},"model":"${row.plain(C.model)}","outputTokens":${row.int8(C.outputTokens)}}`
    : 'null';

/** Columns that are copies of members of the data, where the data gives them; whatever else there may be is looked at closely. */
const outcomeFits = (row: Columns, type: string, data: CanonicalBytes): boolean => {
  if (type === 'session.failed') return row.plainOrNull(C.outcome) === 'failed' && !row.has(C.gate) && !row.has(C.confidence);
  const confidence = Number(data.member('confidence'));
  if (!row.has(C.confidence) || row.float8(C.confidence) !== confidence || confidence < 0 || confidence > 1) return false;
  if (type !== 'decision.made') return !row.has(C.outcome) && !row.has(C.gate);
  const gate = Number(data.member('gate'));
  return row.quoted(C.outcome) === data.member('outcome') && row.int4(C.gate) === gate && gate >= 1 && gate <= 6;
};

export const traceIdOf = (traceparent: string | null): string | null =>
  traceparent === null ? null : (/^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1] ?? null);

/** Reads the columns of an image; what would have to be escaped in JSON is not taken. */
class Columns {
  constructor(
    readonly image: Buffer,
    private readonly fields: BinaryFields,
  ) {}

  has(column: number): boolean {
    return !this.fields.isNull(column);
  }

  start(column: number): number {
    return this.fields.starts[column] ?? 0;
  }

  end(column: number): number {
    if (this.fields.isNull(column)) throw new NotTakenError();
    return this.fields.ends[column] ?? 0;
  }

  plain(column: number): string {
    const text = this.image.toString('latin1', this.start(column), this.end(column));
    if (!PLAIN.test(text)) throw new NotTakenError();
    return text;
  }

  plainOrNull(column: number): string | null {
    return this.has(column) ? this.plain(column) : null;
  }

  quoted(column: number): string {
    return this.has(column) ? `"${this.plain(column)}"` : 'null';
  }

  uuid(column: number): string {
    const hex = this.image.toString('hex', this.start(column), this.end(column));
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  int4(column: number): number {
    if (this.fields.isNull(column)) throw new NotTakenError();
    return this.image.readInt32BE(this.start(column));
  }

  int8(column: number): number {
    const at = this.start(column);
    if (this.fields.isNull(column)) throw new NotTakenError();
    return this.image.readInt32BE(at) * 2 ** 32 + this.image.readUInt32BE(at + 4);
  }

  float8(column: number): number {
    if (this.fields.isNull(column)) throw new NotTakenError();
    const value = this.image.readDoubleBE(this.start(column));
    return value === 0 ? 0 : value; // JSON knows no -0.
  }

  /** As `seal` writes it. */
  time(column: number): string {
    const ms = this.int8(column) / 1_000 + POSTGRES_EPOCH_MS;
    if (!Number.isInteger(ms) || Math.abs(ms) > TIME_MAX_MS) throw new NotTakenError();
    return new Date(ms).toISOString();
  }
}

/** Beyond, ECMAScript knows no dates. */
const TIME_MAX_MS = 8.64e15;
