import { z } from 'zod';
import { PostgresName, remedy, type RemedyContext } from './remedy.js';

const psql = (database: string | undefined, sql: string): string[] => [
  'psql',
  ...(database === undefined ? [] : ['-d', database]),
  '-c',
  sql,
];

const Backend = z.object({ pid: z.int().min(1).max(4_194_304), database: PostgresName.optional() });

const unknownBackend = (pid: number, { entities }: RemedyContext): string | undefined =>
  entities.named(String(pid), ['backend']).length > 0 ? undefined : `the evidence shows no backend ${pid}`;

const onBackend = (call: 'pg_cancel_backend' | 'pg_terminate_backend') =>
  remedy({
    id: call.replaceAll('_', '-'),
    tool: 'psql',
    verb: call,
    kinds: ['backend'],
    params: Backend,
    when: 'The evidence shows the backend by its process id.',
    radius: ['effect-remedy', 'stateful'],
    noUndo: 'What the client had begun is rolled back; it may begin again.',
    unless: ({ pid }, context) => unknownBackend(pid, context),
    render: ({ pid, database }) => ({
      argv: psql(database, `SELECT ${call}(${pid})`),
      undo: null,
      description:
        call === 'pg_cancel_backend'
          ? `Cancel the query of backend ${pid}; its session stays.`
          : `End the session of backend ${pid}; its client has to reconnect.`,
      verify: `SELECT state, wait_event FROM pg_stat_activity WHERE pid = ${pid}`,
    }),
  });
export const pgCancelBackend = onBackend('pg_cancel_backend');
export const pgTerminateBackend = onBackend('pg_terminate_backend');

const Table = z.object({ table: PostgresName, database: PostgresName.optional() });
const unknownTable = (table: string, { entities }: RemedyContext): string | undefined =>
  entities.named(table, ['table']).length > 0 ? undefined : `the evidence shows no table ${table}`;

const maintenance = (verb: 'vacuum' | 'analyze') =>
  remedy({
    id: verb,
    tool: 'psql',
    verb,
    kinds: ['table'],
    params: Table,
    when: 'The evidence shows the table.',
    radius: ['effect-remedy', 'stateful'],
    unless: ({ table }, context) => unknownTable(table, context),
    render: ({ table, database }) => ({
      argv: psql(database, verb === 'vacuum' ? `VACUUM (ANALYZE) ${table}` : `ANALYZE ${table}`),
      undo: { command: '', description: 'There is nothing to take back: no data changes.' },
      description: verb === 'vacuum' ? `Vacuum ${table} without locking it.` : `Refresh the planner's statistics of ${table}.`,
      verify: `SELECT last_vacuum, last_analyze, n_dead_tup FROM pg_stat_user_tables WHERE relname = '${table.split('.').at(-1)}'`,
    }),
  });
export const vacuum = maintenance('vacuum');
export const analyze = maintenance('analyze');

export const createIndex = remedy({
  id: 'create-index',
  tool: 'psql',
  verb: 'create index',
  kinds: ['table'],
  params: Table.extend({ columns: z.array(PostgresName).min(1).max(4) }),
  when: 'The evidence shows the table and each of the columns.',
  radius: ['effect-remedy', 'stateful'],
  unless: ({ table, columns }, context) =>
    unknownTable(table, context) ??
    columns
      .map((column) => (context.entities.mentions(column) ? undefined : `the evidence shows no column ${column}`))
      .find((why) => why !== undefined),
  render: ({ table, columns, database }) => {
    const name = `idx_${[table.split('.').at(-1), ...columns].join('_')}`.slice(0, 63);
    return {
      argv: psql(database, `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${table} (${columns.join(', ')})`),
      undo: { command: `psql -c 'DROP INDEX CONCURRENTLY IF EXISTS ${name}'`, description: 'Drop the index again.' },
      description: `Create an index on ${table} (${columns.join(', ')}) without locking it.`,
      verify: `SELECT indisvalid FROM pg_index WHERE indexrelid = '${name}'::regclass`,
    };
  },
});
