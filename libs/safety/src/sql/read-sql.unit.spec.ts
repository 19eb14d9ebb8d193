import fc from 'fast-check';
import { judgeSql } from '../judge-command.js';
import { ready } from './parser.js';
import { readSql } from './read-sql.js';

describe('before the parser is loaded', () => {
  it('asks for a revision instead of approving', () => {
    jest.isolateModules(() => {
      const fresh = jest.requireActual<typeof import('../judge-command.js')>('../judge-command.js');
      expect(fresh.judgeSql('SELECT 1').judgement).toBe('REQUEST_REVISION');
    });
  });
});

describe('reading SQL', () => {
  beforeAll(ready);

  // The first implementation had a lookahead for WHERE in front of the table name, so that it never fired.
  it.each([
    'DELETE FROM orders',
    'delete from orders;',
    'DELETE FROM shop.orders',
    'DELETE FROM ONLY orders',
    'DELETE FROM orders AS o',
    'DELETE FROM orders USING customers',
    'DELETE/* all */FROM orders -- WHERE id = 1',
    'DELETE FROM orders RETURNING id',
    'DELETE FROM orders WHERE true',
    'DELETE FROM orders WHERE 1 = 1',
    'DELETE FROM orders WHERE id = id',
    "DELETE FROM orders WHERE id = 7 OR 'a' = 'a'",
    'DELETE FROM orders WHERE NOT false',
    'DELETE FROM orders WHERE id IS NULL OR id IS NOT NULL',
    "DELETE FROM orders WHERE name LIKE '%'",
    'SELECT 1; DELETE FROM orders',
    'WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone',
    'EXPLAIN ANALYZE DELETE FROM orders',
    'DO $$ BEGIN DELETE FROM orders; END $$',
    "DO $$ BEGIN EXECUTE 'DELETE FROM orders'; END $$",
    'PREPARE p AS DELETE FROM orders',
  ])('rejects a DELETE that leaves no row out: %s', (sql) =>
    expect(judgeSql(sql)).toMatchObject({
      judgement: 'REJECT',
      hits: expect.arrayContaining([expect.objectContaining({ ruleId: 'sql-delete-all' })]) as unknown,
    }),
  );

  it.each([
    'DELETE FROM orders WHERE id = 7',
    "DELETE FROM sessions WHERE expires_at < now() - interval '1 day'",
    'SELECT * FROM orders',
    'EXPLAIN DELETE FROM orders',
    'VACUUM (ANALYZE) orders',
    'ANALYZE orders',
    'CREATE INDEX CONCURRENTLY i ON orders (id)',
    'SELECT pg_cancel_backend(4711)',
    'SHOW max_connections',
  ])('lets pass: %s', (sql) => expect(judgeSql(sql)).toMatchObject({ judgement: 'APPROVE', hits: [] }));

  it.each([
    ['TRUNCATE orders', 'sql-truncate'],
    ['DROP TABLE orders', 'sql-drop-data'],
    ['DROP SCHEMA shop CASCADE', 'sql-drop-data'],
    ['DROP DATABASE shop', 'sql-drop-data'],
    ['ALTER TABLE orders DROP COLUMN total', 'sql-drop-column'],
    ["COPY orders TO PROGRAM 'sh'", 'sql-server-file'],
    ["SELECT pg_read_file('/etc/passwd')", 'sql-server-file'],
    ['ALTER ROLE app SUPERUSER', 'sql-superuser'],
    ['SELECT pg_terminate_backend(pid) FROM pg_stat_activity', 'sql-terminate-all'],
    ["SELECT pg_drop_replication_slot('s')", 'sql-replication'],
  ])('rejects %s', (sql, rule) => expect(judgeSql(sql).hits[0]).toMatchObject({ ruleId: rule, judgement: 'REJECT' }));

  it.each([
    'UPDATE orders SET total = 0',
    'UPDATE orders SET total = 0 WHERE id = 1',
    'REINDEX TABLE orders',
    'VACUUM FULL orders',
    'ALTER SYSTEM SET work_mem = 1',
    'CALL tidy()',
    'SELEC 1',
    'DELETE FROM `orders` WHERE id = 7',
    'SELECT * FROM orders FOR UPDATE',
    '\\! rm -rf /',
  ])('asks for a revision of %s', (sql) => expect(judgeSql(sql).judgement).toBe('REQUEST_REVISION'));

  it('never throws', () =>
    fc.assert(
      fc.property(fc.string(), (text) => Array.isArray(readSql(text)) && Array.isArray(readSql(text, 'other'))),
      { numRuns: 300 },
    ));
});
