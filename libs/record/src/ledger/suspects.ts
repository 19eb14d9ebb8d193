import type { CheckedRow, Relation } from './contradictions.js';
import { LEAF_COLUMNS, PLACE_COLUMNS, type LeafColumn } from './leaf.js';

/** What a changed column breaks: `always`, whatever was put in; `perhaps`, depending on it. */
interface Trace {
  readonly always: readonly Relation[];
  readonly perhaps?: readonly Relation[];
}

const ENVELOPE: Trace = { always: ['event'] };
/** Null together with `model`. */
export const USAGE: readonly LeafColumn[] = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_usd',
];

const TRACES: Partial<Record<LeafColumn, Trace>> = {
  event_id: { always: ['event', 'id'] },
  type: { always: ['event'], perhaps: ['outcome'] },
  seq: { always: [] },
  stream_id: { always: [] },
  causes: { always: ['event'], perhaps: ['input', 'causes'] },
  traceparent: { always: ['event'], perhaps: ['trace'] },
  trace_id: { always: ['trace'] },
  outcome: { always: ['outcome'] },
  gate: { always: ['outcome'] },
  confidence: { always: ['outcome'] },
  output_json: { always: ['event', 'output'], perhaps: ['outcome'] },
  output_hash: { always: ['event', 'output'] },
  input_hash: { always: ['event', 'input'] },
  envelope_rest: { always: [], perhaps: ['event', 'rest', 'output', 'input', 'id', 'trace', 'causes', 'outcome'] },
  created_at: { always: [] },
};

/** The columns that may have been changed alone, as far as the row's hashes tell: what they break is what is broken. */
export const suspectsOf = (row: CheckedRow, broken: ReadonlySet<Relation>): LeafColumn[] =>
  LEAF_COLUMNS.filter((column) => {
    if (PLACE_COLUMNS.includes(column)) return false;
    // No message holds counts without a model; the hash of the event does not cover what it does not hold.
    const trace = USAGE.includes(column) && row.model === null ? { always: [] } : (TRACES[column] ?? ENVELOPE);
    const perhaps = new Set([...trace.always, ...(trace.perhaps ?? [])]);
    return trace.always.every((relation) => broken.has(relation)) && [...broken].every((relation) => perhaps.has(relation));
  });
