import { quote, tidy } from './text.js';
import type { QueryRow } from './query-rows.js';

const MINUTE = 60;
/** Bytes of write-ahead log that a replica may be behind without anybody minding: 16 segments of 16 MiB. */
const LAG_BYTES = 268_435_456;
const DEAD_ROWS = 100_000;
const DEAD_SHARE = 0.3;
const CONNECTIONS_SHARE = 0.9;
/** Requested checkpoints are the exception; a storm is when they are the rule. */
const REQUESTED_MIN = 20;
const XID_AGE = 1_500_000_000;

const first = (row: QueryRow, ...names: string[]): string =>
  names.map((name) => row.get(name) ?? '').find((cell) => cell !== '') ?? '';

const numberIn = (row: QueryRow, ...names: string[]): number => {
  const cell = first(row, ...names);
  return cell === '' ? NaN : Number(cell.replace(/,/g, ''));
};

/** Seconds out of `00:17:42.1`, `2 days 01:00:00`, `862`, `862 s`. */
const secondsIn = (cell: string): number => {
  const clock = /(?:(\d{1,5}) days? )?(\d{1,3}):(\d\d):(\d\d)/.exec(cell);
  if (clock !== null) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  }
  return Number(/^(\d{1,9}(?:\.\d{1,9})?) ?s?(?:econds)?$/.exec(cell.trim())?.[1] ?? NaN);
};

const longest = (row: QueryRow, name: RegExp): number =>
  [...row].reduce((most, [column, cell]) => (name.test(column) ? Math.max(most, secondsIn(cell) || 0) : most), 0);

type Reader = (row: QueryRow) => string;

const replication: Reader = (row) => {
  const seconds = longest(
    row,
    /^(?:replay_lag|write_lag|flush_lag|replication_lag\w*|lag_seconds|lag_s|seconds_behind_(?:master|source))$/,
  );
  const bytes = Math.max(numberIn(row, 'lag_bytes', 'replay_lag_bytes', 'pg_wal_lsn_diff', 'retained_bytes') || 0, 0);
  if (seconds < MINUTE && bytes < LAG_BYTES) return '';
  const name = first(row, 'application_name', 'client_addr', 'slot_name', 'name') || 'replica';
  return `replica ${name} is behind its primary by ${seconds >= MINUTE ? `${seconds} s` : `${tidy(bytes)} bytes`} of replication lag`;
};

const blocking: Reader = (row) => {
  const blocked = first(row, 'blocked_pid', 'waiting_pid', 'waiting_trx_id');
  const by = first(row, 'blocking_pid', 'blocking_pids', 'pg_blocking_pids', 'blocked_by', 'blocking_trx_id').replace(
    /[{}[\]]/g,
    '',
  );
  if (!/^\d/.test(by) || by === '0') return '';
  const statement = first(row, 'blocked_query', 'blocked_statement', 'waiting_query', 'query');
  const culprit = first(row, 'blocking_query', 'blocking_statement', 'current_statement_in_blocking_process');
  return (
    `process ${blocked || first(row, 'pid')} is blocked by pid ${by}: ${quote(statement, 160)}` +
    `${culprit === '' ? '' : ` (the blocker runs ${quote(culprit, 160)})`}`
  );
};

const idleTransaction: Reader = (row) => {
  const seconds = longest(row, /age|duration|since|for|xact|elapsed|time/);
  if (!/^idle in transaction/.test(first(row, 'state')) || seconds < MINUTE) return '';
  const who = first(row, 'application_name', 'usename', 'client_addr');
  return `session ${first(row, 'pid')}${who === '' ? '' : ` of ${who}`} is idle in transaction for ${seconds} s: ${quote(first(row, 'query'), 160)}`;
};

const lockWait: Reader = (row) =>
  first(row, 'wait_event_type') === 'Lock'
    ? `process ${first(row, 'pid')} waits for a lock (Lock:${first(row, 'wait_event')}): ${quote(first(row, 'query'), 160)}`
    : '';

const deadRows: Reader = (row) => {
  const [dead, live] = [
    numberIn(row, 'n_dead_tup', 'dead_tuples', 'dead_tup'),
    numberIn(row, 'n_live_tup', 'live_tuples', 'live_tup'),
  ];
  const share = Number.isFinite(live) ? dead / Math.max(1, dead + live) : 1;
  if (!(dead >= DEAD_ROWS && share >= DEAD_SHARE)) return '';
  const vacuumed = first(row, 'last_autovacuum', 'last_vacuum') || 'never';
  return `table ${first(row, 'relname', 'table_name', 'table')} has ${tidy(dead)} dead rows, ${Math.round(share * 100)} % of all; last autovacuum: ${vacuumed}`;
};

const transactionAge: Reader = (row) => {
  const age = numberIn(row, 'age', 'xid_age', 'datfrozenxid_age', 'age(datfrozenxid)');
  return first(row, 'datname', 'relname') !== '' && age >= XID_AGE
    ? `${first(row, 'datname', 'relname')} has a transaction id age of ${tidy(age)}: wraparound is near`
    : '';
};

const checkpoints: Reader = (row) => {
  const [requested, timed] = [numberIn(row, 'checkpoints_req', 'num_requested'), numberIn(row, 'checkpoints_timed', 'num_timed')];
  return requested >= REQUESTED_MIN && requested > timed
    ? `checkpoints are occurring too frequently: ${requested} were requested, ${timed} came by time`
    : '';
};

const connections: Reader = (row) => {
  if (![...row.keys()].some((column) => /conn|backend/.test(column))) return '';
  const limit = numberIn(row, 'max_connections', 'max_conn', 'max', 'limit', 'rolconnlimit', 'datconnlimit');
  const used = numberIn(
    row,
    'used',
    'total',
    'count',
    'current',
    'connections',
    'numbackends',
    'current_connections',
    'total_connections',
  );
  return limit >= 10 && used >= limit * CONNECTIONS_SHARE
    ? `connection count at ${used} of at most max_connections = ${limit}: too many connections`
    : '';
};

const READERS: readonly Reader[] = [
  replication,
  blocking,
  idleTransaction,
  lockWait,
  deadRows,
  transactionAge,
  checkpoints,
  connections,
];

/** What a row of a statistics view says is wrong, as sentences; healthy rows say nothing. */
export const saidByRow = (row: QueryRow): string[] => READERS.map((reader) => reader(row)).filter((text) => text !== '');

const VIEW_COLUMNS =
  /^(?:pid|state|wait_event_type|blocked_pid|replay_lag|sent_lsn|replay_lsn|n_dead_tup|checkpoints_req|num_requested|max_connections|numbackends|setting|datfrozenxid|lag_bytes|slot_name)$/;

/** Whether rows come from a view whose columns we know: then their words are names of columns and values, and no report of trouble. */
export const isStatisticsView = (row: QueryRow | undefined): boolean =>
  row !== undefined && [...row.keys()].some((column) => VIEW_COLUMNS.test(column));
