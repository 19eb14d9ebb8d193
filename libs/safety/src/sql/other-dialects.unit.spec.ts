import fc from 'fast-check';
import { readOtherSql } from './other-dialects.js';

const effects = (sql: string): string[] => readOtherSql(sql).map(({ effect }) => effect);
const marks = (sql: string): string[] => readOtherSql(sql).flatMap((fact) => [...fact.marks]);
const deletesAll = (sql: string): boolean =>
  readOtherSql(sql).some(({ statement, restricted }) => statement === 'delete' && restricted === false);

describe('reading SQL of other dialects', () => {
  it.each([
    'DELETE FROM `orders`',
    'DELETE FROM [dbo].[orders]',
    'delete from orders limit 10',
    'DELETE FROM orders WHERE 1 = 1',
    'DELETE FROM orders WHERE id = id',
    "DELETE FROM orders WHERE id = 7 OR 'a' = 'a'",
    'DELETE FROM orders WHERE id = 7 || 1',
    "DELETE FROM orders WHERE name LIKE '%'",
    'DELETE FROM orders WHERE true',
    'BEGIN DELETE FROM orders; END',
    'WITH x AS (SELECT 1) DELETE FROM orders',
    'SELECT 1; DELETE FROM orders',
    'DELETE /* WHERE id = 1 */ FROM orders',
    '/*!50000 DELETE FROM orders */',
    'IF 1 = 1 DELETE FROM orders',
  ])('finds a DELETE that leaves no row out: %s', (sql) => expect(deletesAll(sql)).toBe(true));

  it.each(['DELETE FROM `orders` WHERE id = 7', 'DELETE FROM orders WHERE id IN (1, 2) AND 1 = 1'])(
    'sees that rows are left out, and still asks: %s',
    (sql) => {
      expect(deletesAll(sql)).toBe(false);
      expect(effects(sql)).toEqual(['change']);
    },
  );

  it.each([
    ['DROP TABLE `orders`', 'drops-data'],
    ['DROP DATABASE shop', 'drops-data'],
    ['ALTER TABLE orders DROP COLUMN total', 'drops-column'],
    ['ALTER TABLE orders DELETE WHERE 1', 'drops-column'],
    ["SELECT * FROM orders INTO OUTFILE '/srv/x'", 'server-file'],
    ["SELECT LOAD_FILE('/etc/passwd')", 'server-file'],
    ["EXEC xp_cmdshell 'dir'", 'program'],
    ["GRANT ALL PRIVILEGES ON *.* TO 'ops'@'%'", 'superuser'],
    ['SYSTEM DROP REPLICA r', 'drops-data'],
  ])('finds what %s does', (sql, mark) => expect(marks(sql)).toContain(mark));

  it.each([
    'SHOW PROCESSLIST',
    'DESCRIBE orders',
    'EXPLAIN SELECT * FROM orders',
    'SELECT COUNT(*) FROM `orders` WHERE created > NOW() - INTERVAL 1 DAY',
    "SELECT 'DROP TABLE orders' AS text",
    'PRAGMA table_info(orders)',
    '-- why\nSELECT 1',
  ])('takes for looking: %s', (sql) => expect(effects(sql)).toEqual(['read']));

  it.each([
    'SELECT tidy_up()',
    'SELECT * FROM orders FOR UPDATE',
    'CALL tidy_up()',
    'FROBNICATE orders',
    'SELECT 1 --1\n',
    'SELECT 1 # orders',
    "SELECT 'a\\' OR 1=1",
    "SELECT 'never closed",
    'PRAGMA journal_mode = DELETE',
  ])('never takes for looking: %s', (sql) => expect(effects(sql).every((effect) => effect === 'read')).toBe(false));

  it('never throws', () =>
    fc.assert(
      fc.property(fc.string(), (text) => Array.isArray(readOtherSql(text))),
      { numRuns: 300 },
    ));
});
