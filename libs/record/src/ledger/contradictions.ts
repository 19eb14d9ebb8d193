import { eventHash, eventIdOf, inputHash, outputHash, Cause, type Envelope } from '@inquest/contracts';
import { z } from 'zod';
import { fromRow, type StoredRow } from '../envelope/from-row.js';
import { outcomeOf } from '../envelope/outcome.js';
import { traceIdOf } from './coherence.js';

/** A row, with all its columns but `created_at`. */
export interface CheckedRow extends StoredRow {
  readonly seq: number;
  readonly stream_id: string;
  readonly trace_id: string | null;
  readonly outcome: string | null;
  readonly gate: number | null;
  readonly confidence: number | null;
}

/**
 * What has to agree within a row:
 * - `event`, `output`, `input`: a stored hash and what it was taken of; - `id`: the event id and the row's place;
 * - `trace`: the trace id and the traceparent; - `outcome`: outcome, gate and confidence, and the data they were copied from;
 * - `causes`, `rest`: the form of the two columns that only a writer of ours fills.
 */
export type Relation = 'event' | 'output' | 'input' | 'id' | 'trace' | 'outcome' | 'causes' | 'rest';

/** What the other columns say that these should hold; undefined where nothing can be said. */
export interface Implied {
  readonly event_id: string;
  readonly trace_id: string | null;
  readonly outcome: string | null;
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly output_hash: string | undefined;
  readonly input_hash: string | undefined;
  readonly event_hash: string | undefined;
}

export interface Examination {
  readonly broken: ReadonlySet<Relation>;
  readonly implied: Implied;
  /** The message that the row gives. */
  readonly message: Envelope;
}

const Causes = z.array(Cause.loose());
const Rest = z
  .object({ fields: z.record(z.string(), z.unknown()).optional(), absent: z.array(z.string()).optional() })
  .nullable();

/** Takes every hash of a row again. Any row can be examined, whatever somebody has put into it. */
export const examine = (row: CheckedRow): Examination => {
  const rest = Rest.safeParse(row.envelope_rest).success;
  const message = fromRow(rest ? row : { ...row, envelope_rest: null });
  const causes = Causes.safeParse(message.causes).success;
  const implied: Implied = {
    event_id: eventIdOf(message.sessionId, message.role, message.round, message.slot),
    trace_id: traceIdOf(message.traceparent),
    ...outcomeOf(message.type, message.data),
    output_hash: hashed(() => outputHash(message.data)),
    input_hash: causes ? hashed(() => inputHash(message.causes)) : undefined,
    event_hash: hashed(() => eventHash(message)),
  };
  const checks: Record<Relation, boolean> = {
    // A message's time has whole milliseconds; a fraction that somebody added would be lost on the way to the hash.
    event: implied.event_hash === message.eventHash && Number.isInteger(row.occurred_at),
    output: implied.output_hash === message.outputHash,
    input: implied.input_hash === message.inputHash,
    id: implied.event_id === message.eventId.toLowerCase(),
    trace: implied.trace_id === row.trace_id,
    outcome: implied.outcome === row.outcome && implied.gate === row.gate && implied.confidence === row.confidence,
    causes,
    rest,
  };
  const broken = new Set((Object.keys(checks) as Relation[]).filter((relation) => !checks[relation]));
  return { broken, implied, message };
};

/** The columns at odds, of a row that is as it was recorded; empty for a row as a writer of ours makes it. */
export const contradictions = (row: CheckedRow): string[] => {
  const { broken, implied } = examine(row);
  // Which of two that disagree is wrong shows only where something else takes a side.
  return [
    ...(broken.has('id') ? ['event_id'] : []),
    ...(broken.has('trace') ? ['trace_id'] : []),
    ...(['outcome', 'gate', 'confidence'] as const).filter((column) => row[column] !== implied[column]),
    ...(broken.has('output') ? ['output_hash'] : []),
    ...(broken.has('input') ? ['input_hash'] : []),
    ...(Number.isInteger(row.occurred_at) ? [] : ['occurred_at']),
    ...(implied.event_hash !== row.event_hash && !broken.has('output') && !broken.has('input') ? ['event_hash'] : []),
    ...(broken.has('rest') ? ['envelope_rest'] : []),
  ];
};

/** Undefined for what cannot be hashed at all: infinite numbers, data nested too deep. No writer of ours makes such. */
const hashed = (take: () => string): string | undefined => {
  try {
    return take();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
};
