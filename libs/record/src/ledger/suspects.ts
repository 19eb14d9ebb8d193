import { eventHash, eventIdOf, inputHash, outputHash, Mind, Vote, type Envelope } from '@inquest/contracts';
import { outcomeOf } from '../envelope/outcome.js';
import { fromRow, type StoredRow } from '../envelope/from-row.js';

/** A row with what the ledger says of it. */
export interface CheckedRow extends StoredRow {
  readonly seq: number;
  readonly stream_id: string;
  readonly trace_id: string | null;
  readonly outcome: string | null;
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly created_at: string;
}

/** The columns that a row's own hashes contradict; empty for a row as a writer makes it. */
export const contradictions = (row: CheckedRow): string[] => {
  const message = fromRow(row);
  const derived = outcomeOf(message.type, message.data);
  const found = [
    ...(message.eventId === eventIdOf(message.sessionId, message.role, message.round, message.slot) ? [] : ['event_id']),
    ...(row.trace_id === traceIdOf(message.traceparent) ? [] : ['trace_id']),
    ...(row.outcome === derived.outcome ? [] : ['outcome']),
    ...(row.gate === derived.gate ? [] : ['gate']),
    ...(row.confidence === derived.confidence ? [] : ['confidence']),
  ];
  if (eventHash(message) === message.eventHash) return found;
  const convicted = brokenHashes(message);
  // Changed data takes the columns made of it along; they are not to blame.
  const blamed = convicted.includes('output_json')
    ? found.filter((column) => !['outcome', 'gate', 'confidence'].includes(column))
    : found;
  if (convicted.length > 0) return [...blamed, ...convicted];
  return blamed.length > 0 ? blamed : guess(message);
};

/** Columns that no hash of the row covers. */
export const UNCOVERED = ['seq', 'stream_id'];

const brokenHashes = (message: Envelope): string[] => {
  const output = outputHash(message.data);
  const input = inputHash(message.causes);
  const fits = (change: Partial<Envelope>) => eventHash({ ...message, ...change }) === message.eventHash;
  return [
    ...(output === message.outputHash ? [] : [fits({ outputHash: output }) ? 'output_hash' : 'output_json']),
    ...(input === message.inputHash ? [] : [fits({ inputHash: input }) ? 'input_hash' : 'causes']),
  ];
};

/** Where a column has few possible values, the one that makes the event hash fit again convicts it. */
const guess = (message: Envelope): string[] => {
  const fits = (change: Partial<Envelope>) => eventHash({ ...message, ...change }) === message.eventHash;
  if (fits({ degraded: !message.degraded })) return ['degraded'];
  if (Mind.options.some((mind) => fits({ mind }))) return ['mind'];
  if ([null, ...Vote.options].some((vote) => fits({ vote }))) return ['vote'];
  if ([null, message.role].some((onBehalfOf) => fits({ onBehalfOf }))) return ['on_behalf_of'];
  if (fits({ usage: null })) return ['model'];
  return ['event_hash', 'or a column of the envelope that it covers'];
};

const traceIdOf = (traceparent: string | null): string | null =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;
