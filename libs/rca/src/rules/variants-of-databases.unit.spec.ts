import { json, log, psql, text } from '../testing/builders.js';
import { describeVariants, type Variant } from './variants.spec.js';

/** The same faults as other tools show them: views of PostgreSQL, logs, df. */
const broken: Variant[] = [
  [
    'a replica behind its primary, in pg_stat_replication',
    'stale reads',
    'replication_lag',
    psql(
      'select application_name, state, replay_lag from pg_stat_replication',
      ' application_name |   state   |   replay_lag',
      '------------------+-----------+-----------------',
      ' orders-replica-1 | streaming | 00:14:22.104511',
      ' orders-replica-2 | streaming | 00:00:00.001207',
      '(2 rows)',
    ),
  ],
  [
    'connections used up, in numbers',
    'orders refused',
    'connection_exhaustion',
    psql(
      'select count(*) as used, current_setting($$max_connections$$) as max_connections from pg_stat_activity',
      ' used | max_connections',
      '------+-----------------',
      '  198 | 200',
      '(1 row)',
    ),
  ],
  [
    'connections used up, in the log of the server',
    'orders refused',
    'connection_exhaustion',
    log(
      'orders-db-0',
      '2026-11-20 10:00:01 UTC [311] FATAL:  sorry, too many clients already',
      '2026-11-20 10:00:02 UTC [312] FATAL:  sorry, too many clients already',
    ),
  ],
  [
    'blocked sessions, in a query over pg_blocking_pids',
    'orders hang',
    'locks',
    psql(
      'select pid as blocked_pid, pg_blocking_pids(pid) as blocking_pids, query from pg_stat_activity',
      ' blocked_pid | blocking_pids | query',
      '-------------+---------------+--------------------------------------',
      ' 5121        | {4770}        | UPDATE orders SET state = 2 WHERE id = 9',
      ' 5133        | {4770}        | UPDATE orders SET state = 2 WHERE id = 9',
      '(2 rows)',
    ),
  ],
  [
    'dead rows, in pg_stat_user_tables',
    'orders queries are slow',
    'vacuum_debt',
    psql(
      'select relname, n_live_tup, n_dead_tup, last_autovacuum from pg_stat_user_tables',
      ' relname | n_live_tup | n_dead_tup | last_autovacuum',
      '---------+------------+------------+-------------------------------',
      ' orders  |    2100400 |    9800211 |',
      ' users   |      51000 |        120 | 2026-11-20 09:12:01.120+00',
      '(2 rows)',
    ),
  ],
  [
    'requested checkpoints, in pg_stat_checkpointer',
    'orders writes are slow',
    'checkpoint_storm',
    psql(
      'table pg_stat_checkpointer',
      ' num_timed | num_requested | write_time',
      '-----------+---------------+-----------',
      '        12 |           480 | 901233',
      '(1 row)',
    ),
  ],
  [
    'a full file system, as df shows it',
    'orders-db is read-only',
    'storage_full',
    text(
      'kubernetes',
      'Filesystem      Size  Used Avail Use% Mounted on\noverlay         100G   41G   60G  41% /\n/dev/nvme1n1    200G  199G  512M 100% /var/lib/postgresql',
      { title: 'df -h on orders-db-0', invocation: 'kubectl exec orders-db-0 -- df -h' },
    ),
  ],
  [
    'a session idle in its transaction, as rows of JSON',
    'orders hang',
    'locks',
    json('metrics', [
      { pid: 4770, state: 'idle in transaction', application_name: 'exporter', xact_age: '00:31:10', query: 'SELECT 1' },
      { pid: 4771, state: 'active', application_name: 'orders', xact_age: '00:00:00', query: 'SELECT 2' },
    ]),
  ],
];

const fine: Variant[] = [
  [
    'a replica that keeps up',
    'show the replicas of orders-db',
    '',
    psql(
      'select * from pg_stat_replication',
      ' application_name |   state   |   replay_lag',
      '------------------+-----------+-----------------',
      ' orders-replica-1 | streaming | 00:00:00.003',
      '(1 row)',
    ),
  ],
  [
    'the limit of connections by itself',
    'show max_connections',
    '',
    psql('show max_connections', ' max_connections', '-----------------', ' 200', '(1 row)'),
  ],
  [
    'connections with room left',
    'show the connections',
    '',
    psql('select count(*) as used', ' used | max_connections', '------+-----------------', '   61 | 200', '(1 row)'),
  ],
  [
    'sessions of an ordinary day',
    'show the sessions',
    '',
    psql(
      'select pid, state, wait_event_type, query from pg_stat_activity',
      ' pid  |        state        | wait_event_type | xact_age | query',
      '------+---------------------+-----------------+----------+----------------------------------------------',
      ' 4411 | idle in transaction | Client          | 00:00:00 | SELECT 1',
      ' 4412 | active              |                 | 00:00:02 | autovacuum: VACUUM orders (to prevent wraparound)',
      '(2 rows)',
    ),
  ],
  [
    'tables that are vacuumed',
    'show the tables',
    '',
    psql(
      'select * from pg_stat_user_tables',
      ' relname | n_live_tup | n_dead_tup | last_autovacuum',
      '---------+------------+------------+----------------',
      ' orders  |    2100400 |       1211 | 2026-11-20',
      '(1 row)',
    ),
  ],
  [
    'checkpoints by time',
    'show the checkpoints',
    '',
    psql(
      'table pg_stat_checkpointer',
      ' num_timed | num_requested',
      '-----------+--------------',
      '      4812 |           31',
      '(1 row)',
    ),
  ],
  [
    'disks with room',
    'show the disks',
    '',
    text(
      'kubernetes',
      'Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme1n1    200G   99G  101G  50% /var/lib/postgresql',
      { title: 'df -h', invocation: 'df -h' },
    ),
  ],
];

describeVariants('other ways to show a fault of a database', { broken, fine });
