import { Message, Mind, Role, Vote } from '@inquest/contracts';
import type { CheckedRow, Examination } from './contradictions.js';
import { encode, orNull } from './encode.js';
import { LEAF_COLUMNS, PLACE_COLUMNS, type LeafColumn } from './leaf.js';
import type { Misfit } from './misfits.js';
import type { RowImage } from './row-image.js';

/** A value that a column may have held when the row was recorded. */
export interface Candidate {
  readonly column: LeafColumn;
  readonly value: Buffer | null;
}

/** Rows that may have values in common with the changed one, and what else is on record of its session. */
export interface Neighbours {
  readonly siblings: readonly RowImage[];
  /** Other sessions' rows of the same role, from about the same time. */
  readonly peers: readonly RowImage[];
  /** Of the session, as the gateway accepted it. */
  readonly incidentId: string | null;
}

const CHOSEN_FROM_MAX = 8;
const SCHEMA_VERSIONS = Array.from({ length: 20 }, (_, index) => index + 1);

/** Columns whose every possible value is among the candidates, if the writer was one of ours. */
export const EXHAUSTED: ReadonlySet<LeafColumn> = new Set([
  'created_at',
  'event_id',
  'trace_id',
  'outcome',
  'gate',
  'confidence',
  'output_hash',
  'input_hash',
  'event_hash',
  'degraded',
  'mind',
  'vote',
  'on_behalf_of',
  'type',
  'schema_version',
  'envelope_rest',
]);

/** The values worth trying first, a few hundred at most: implied by other columns, of a small set, or held by neighbours. */
export const candidatesFor = (misfit: Misfit, row: CheckedRow, { implied }: Examination, neighbours: Neighbours): Candidate[] => {
  const of = (column: LeafColumn, ...values: readonly (Buffer | null | undefined)[]): Candidate[] =>
    values.flatMap((value) => (value === undefined ? [] : [{ column, value }]));
  const { siblings, peers, incidentId } = neighbours;
  return [
    ...of('created_at', misfit.createdAt),
    ...of('event_id', encode.uuid(implied.event_id)),
    ...of('incident_id', incidentId === null ? undefined : encode.uuid(incidentId)),
    ...of('trace_id', orNull(implied.trace_id, encode.text)),
    ...of('outcome', orNull(implied.outcome, encode.text)),
    ...of('gate', orNull(implied.gate, encode.int4)),
    ...of('confidence', orNull(implied.confidence, encode.float8)),
    ...(['output_hash', 'input_hash', 'event_hash'] as const).flatMap((column) => {
      const hash = implied[column];
      return hash === undefined ? [] : of(column, encode.text(hash));
    }),
    ...of('event_hash', ...citedHashes(siblings, row).map(encode.text)),
    ...of('degraded', encode.bool(false), encode.bool(true)),
    ...of('mind', ...Mind.options.map(encode.text)),
    ...of('vote', null, ...Vote.options.map(encode.text)),
    ...of('on_behalf_of', null, ...Role.options.map(encode.text)),
    ...of('type', ...Message.options.map(({ shape }) => encode.text(shape.type.value))),
    ...of('schema_version', ...SCHEMA_VERSIONS.map(encode.int4)),
    ...of('causes', ...choicesOf(siblings).map(encode.causes)),
    ...NULLABLE.flatMap((column) => of(column, null)),
    ...distinct([...siblings, ...peers]),
  ];
};

const NULLABLE: readonly LeafColumn[] = [
  'prompt_hash',
  'traceparent',
  'model',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_usd',
  'envelope_rest',
];

/** The hashes under which other messages of the session name this one as their cause. */
export const citedHashes = (siblings: readonly RowImage[], { event_id }: CheckedRow): string[] =>
  siblings.flatMap((sibling) => {
    const causes = sibling.value('causes')?.toString('utf8') ?? '';
    return [...causes.matchAll(/"eventId": "([^"]+)", "eventHash": "([0-9a-f]{64})"/g)].flatMap(([, id, hash]) =>
      id === event_id && hash !== undefined ? [hash] : [],
    );
  });

/** All choices among a session's other events, in their order: a message names as causes some of what was said before it. */
export const choicesOf = (siblings: readonly RowImage[]) => {
  const said = siblings
    .map((sibling) => sibling.row())
    .sort((left, right) => left.seq - right.seq)
    .slice(0, CHOSEN_FROM_MAX)
    .map(({ event_id, event_hash }) => ({ eventId: event_id ?? '', eventHash: event_hash ?? '' }));
  return Array.from({ length: 2 ** said.length }, (_, choice) => said.filter((_cause, index) => (choice >> index) % 2 === 1));
};

/** Every value that a neighbour holds, once. */
const distinct = (neighbours: readonly RowImage[]): Candidate[] => {
  const seen = new Set<string>();
  const found: Candidate[] = [];
  for (const column of LEAF_COLUMNS.filter((name) => !PLACE_COLUMNS.includes(name))) {
    for (const neighbour of neighbours) {
      const value = neighbour.value(column);
      const key = `${column} ${value?.toString('latin1') ?? '\0NULL'}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push({ column, value });
    }
  }
  return found;
};
