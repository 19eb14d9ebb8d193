import type { ClientBase } from 'pg';
import { COLUMNS, type ColumnType } from '../envelope/columns.js';
import type { Neighbours } from './candidates.js';
import { examine } from './contradictions.js';
import type { Findings } from './findings.js';
import { Inquiry, type Verdict } from './inquiry.js';
import { imageSql, type LeafColumn } from './leaf.js';
import type { Misfit, Misfits } from './misfits.js';
import { POSTGRES_EPOCH_MS, RowImage } from './row-image.js';
import { findSwaps, SWAP_CANDIDATES_MAX } from './swaps.js';

/** Tries of all searches of one verification together: some seconds. */
const TRIES_MAX = 1_000_000;
const NEIGHBOURS_MAX = 25;

/** Says of every changed row what was done to it. @returns what was left out, in words. */
export const reportMisfits = async (
  client: ClientBase,
  findings: Findings,
  misfits: Misfits,
  convictedEntries: ReadonlySet<number>,
): Promise<string[]> => {
  const { kept, dropped } = misfits;
  const swapped = reportSwaps(findings, kept);
  const inquiry = new Inquiry(TRIES_MAX);
  for (const misfit of kept.filter((candidate) => !swapped.has(candidate))) {
    if (convictedEntries.has(misfit.n) && isWhole(misfit)) reportLeaf(findings, misfit);
    else report(findings, misfit, inquiry.judge(misfit, await neighboursOf(client, misfit)));
  }
  findings.addUnnamed(dropped);
  return [
    ...(dropped > 0 ? [`${dropped} more changed rows were counted, but not looked into.`] : []),
    ...(kept.length > SWAP_CANDIDATES_MAX
      ? [`Only the first ${SWAP_CANDIDATES_MAX} of ${kept.length + dropped} changed rows were held against each other for swaps.`]
      : []),
    ...(inquiry.exhausted ? [`After ${TRIES_MAX} tries no further recorded values were searched for.`] : []),
  ];
};

const reportSwaps = (findings: Findings, misfits: readonly Misfit[]): ReadonlySet<Misfit> => {
  const swaps = findSwaps(misfits);
  for (const { one, other, columns } of swaps) {
    const { sessionId, position, n } = one;
    const text = `Rows ${nameOf(one)} and ${nameOf(other)} were swapped in ${columns.join(', ')}; given back, both fit their leaves.`;
    findings.add({
      kind: 'rows-swapped',
      sessionId,
      position,
      n,
      columns,
      certainty: 'proven',
      other: nameOf(other),
      text,
    });
  }
  return new Set(swaps.flatMap(({ one, other }) => [one, other]));
};

const isWhole = ({ image, createdAt }: Misfit): boolean =>
  examine(image.row()).broken.size === 0 && image.value('created_at')?.equals(createdAt) === true;

const reportLeaf = (findings: Findings, misfit: Misfit): void => {
  const { sessionId, position, n } = misfit;
  const text = `Row ${nameOf(misfit)} agrees with its own hashes, but not with its leaf in entry ${n}, which was changed.`;
  findings.add({ kind: 'leaf-tampered', sessionId, position, n, certainty: 'deduced', text });
};

const report = (findings: Findings, misfit: Misfit, { certainty, columns, was }: Verdict): void => {
  const { sessionId, position, n } = misfit;
  const text = `Row ${nameOf(misfit)} was changed${textOf(misfit, { certainty, columns, was })}`;
  const told = certainty === 'cited' ? 'deduced' : certainty;
  findings.add({ kind: 'row-tampered', sessionId, position, n, columns, certainty: told, text });
};

const textOf = ({ image }: Misfit, { certainty, columns, was }: Verdict): string => {
  if (certainty === 'proven') {
    const changes = columns.map((column) => {
      const recorded = show(column, was.get(column) ?? null);
      return `${column} from ${recorded} to ${show(column, image.value(column))}`;
    });
    return `: ${changes.join(', ')}. With the former value it fits its leaf.`;
  }
  if (certainty === 'deduced')
    return ` in ${columns.join(', ')}, if nothing else was: the row's own hashes clear the other columns. What was recorded is not known.`;
  if (certainty === 'cited')
    return ' in event_hash, for the messages that rest on it name another, and in what that hash is taken of. What was recorded is not known.';
  return columns.length > 0
    ? `. Which column cannot be told: one of ${columns.join(', ')}, or several.`
    : '. Which columns cannot be told: several, together with the hashes over them.';
};

const nameOf = ({ sessionId, position }: Misfit): string => `${sessionId}/${position}`;

/** Rows of the same session, rows of the same role from about the same time, and the incident that the session was opened for. */
const neighboursOf = async (client: ClientBase, { sessionId, position, createdAt }: Misfit): Promise<Neighbours> => {
  const [role = ''] = position.split(':', 1);
  const recorded = new Date(Number(createdAt.readBigInt64BE() / 1_000n) + POSTGRES_EPOCH_MS);
  const siblings = await client.query<{ image: Buffer }>(
    `SELECT ${imageSql('s')} AS image FROM agent_sessions s
      WHERE s.session_id = $1 AND s.agent_role || ':' || s.round || ':' || s.slot <> $2 LIMIT $3`,
    [sessionId, position, NEIGHBOURS_MAX],
  );
  const peers = await client.query<{ image: Buffer }>(
    `SELECT ${imageSql('s')} AS image FROM agent_sessions s WHERE s.agent_role = $1 AND s.session_id <> $2
        AND s.created_at BETWEEN $3::timestamptz - interval '1 hour' AND $3::timestamptz + interval '1 hour'
      ORDER BY s.created_at DESC LIMIT $4`,
    [role, sessionId, recorded, NEIGHBOURS_MAX],
  );
  const incident = await client.query<{ id: string }>('SELECT id FROM incidents WHERE session_id = $1', [sessionId]);
  return {
    siblings: siblings.rows.map(({ image }) => new RowImage(image)),
    peers: peers.rows.map(({ image }) => new RowImage(image)),
    incidentId: incident.rows[0]?.id ?? null,
  };
};

const TYPES = new Map<LeafColumn, ColumnType>([...COLUMNS, ['created_at', 'timestamptz']]);
const SHOWN_MAX = 72;

/** A value for people, cut when it is long. */
const show = (column: LeafColumn, value: Buffer | null): string => {
  if (value === null) return 'NULL';
  const text = READ[TYPES.get(column) ?? 'text'](value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
};

const READ: Record<ColumnType, (value: Buffer) => string> = {
  uuid: (value) => value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  text: (value) => JSON.stringify(value.toString('utf8')),
  jsonb: (value) => value.toString('utf8', 1),
  int4: (value) => String(value.readInt32BE()),
  int8: (value) => String(value.readBigInt64BE()),
  bool: (value) => String(value[0] === 1),
  float8: (value) => String(value.readDoubleBE()),
  timestamptz: (value) => timeOf(value.readBigInt64BE()),
};

const timeOf = (microseconds: bigint): string => {
  const ms = Number(microseconds / 1_000n) + POSTGRES_EPOCH_MS;
  return Math.abs(ms) <= 8.64e15
    ? new Date(ms).toISOString().replace('Z', `${String(microseconds % 1_000n).padStart(3, '0')}Z`)
    : 'infinity';
};
