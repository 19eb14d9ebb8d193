import { restrictsInWords } from './where-words.js';
import type { SqlFact } from './sql-fact.js';
import { splitStatements, sqlTokens, type SqlToken } from './sql-tokens.js';

type Described = Pick<SqlFact, 'statement' | 'effect'> & Partial<SqlFact>;

/** Signs that a text is not PostgreSQL's: its back quotes, brackets, pragmas and versioned comments are another dialect's. */
export const isOtherDialect = (text: string): boolean =>
  /`|\/\*!|^\s*(?:PRAGMA|USE|DESCRIBE|OPTIMIZE|FLUSH|KILL|SHOW\s+(?:TABLES|DATABASES|PROCESSLIST|CREATE|ENGINE|FULL|GRANTS|MASTER|SLAVE|REPLICA|BINARY|INDEX|COLUMNS))\b|\bINTO\s+(?:OUTFILE|DUMPFILE)\b|\bxp_cmdshell\b|^\s*GO\s*$/im.test(
    text,
  );

/** The facts of a SQL text of another dialect. Only what surely looks is a read; everything else is at least a change. */
export const readOtherSql = (text: string): SqlFact[] => {
  const { tokens, ambiguous } = sqlTokens(text);
  const facts = splitStatements(tokens).flatMap(describe);
  return ambiguous === undefined ? facts : [...facts, fact({ statement: 'unreadable', effect: 'unknown', problem: ambiguous })];
};

const fact = (described: Described): SqlFact => ({ targets: [], functions: [], marks: [], ...described });

const at = (statement: readonly SqlToken[], index: number): string => {
  const token = statement[index];
  return token?.kind === 'word' ? token.text : '';
};

const wordsOf = (statement: readonly SqlToken[]): string[] =>
  statement.filter(({ kind }) => kind === 'word').map(({ text }) => text);

const describe = (statement: readonly SqlToken[]): SqlFact[] => {
  const words = wordsOf(statement);
  const program = words.find((word) =>
    /^(XP_CMDSHELL|XP_REGWRITE|SP_OACREATE|SYS_EXEC|SYS_EVAL|DBMS_SCHEDULER|UTL_FILE|LOAD_EXTENSION)$/.test(word),
  );
  const file = /^(LOAD_FILE|OUTFILE|DUMPFILE|INFILE)$/;
  const own = fact(byVerb(statement, words));
  const marks = [
    ...own.marks,
    ...(program ? ['program'] : []),
    ...(words.some((word) => file.test(word)) ? ['server-file'] : []),
  ];
  const found: SqlFact = marks.length > own.marks.length ? { ...own, effect: 'destroy', marks } : own;
  return [found, ...hidden(statement)];
};

/** A destructive statement further in: after WITH, IF, EXPLAIN ANALYZE or a word this reader does not know. */
const hidden = (statement: readonly SqlToken[]): SqlFact[] => {
  const start = statement.findIndex(
    (token, index) =>
      index > 0 && token.kind === 'word' && /^(DELETE|TRUNCATE|DROP)$/.test(token.text) && statement[index - 1]?.text !== '.',
  );
  const first = at(statement, 0);
  if (start < 0 || /^(ALTER|CREATE|GRANT|REVOKE|SHOW|DELETE|TRUNCATE|DROP|INSERT|UPDATE)$/.test(first)) return [];
  if (first === 'EXPLAIN' && !wordsOf(statement).includes('ANALYZE')) return [];
  return [fact(byVerb(statement.slice(start), wordsOf(statement.slice(start))))];
};

const byVerb = (statement: readonly SqlToken[], words: readonly string[]): Described => {
  const [first = '', second = ''] = [at(statement, 0), at(statement, 1)];
  switch (first) {
    case 'SELECT':
    case 'VALUES':
      return {
        statement: 'select',
        effect: onlyLooks(statement, words) ? 'read' : 'unknown',
        restricted: words.includes('WHERE'),
      };
    case 'SHOW':
    case 'DESCRIBE':
    case 'DESC':
    case 'USE':
    case 'HELP':
      return { statement: first.toLowerCase(), effect: 'read' };
    case 'EXPLAIN':
      return { statement: 'explain', effect: words.includes('ANALYZE') ? 'unknown' : 'read' };
    case 'PRAGMA':
      return { statement: 'pragma', effect: isReadingPragma(statement) ? 'read' : 'change' };
    case 'DELETE':
    case 'UPDATE': {
      const restricted = restrictsInWords(statement);
      const effect = restricted || first === 'UPDATE' ? 'change' : 'destroy';
      return { statement: first.toLowerCase(), effect, restricted, targets: targetOf(statement) };
    }
    case 'TRUNCATE':
      return { statement: 'truncate', effect: 'destroy', targets: targetOf(statement) };
    case 'DROP':
      return dropped(second, statement);
    case 'ALTER':
      return altered(words);
    case 'GRANT':
      return {
        statement: 'grant',
        effect: 'change',
        marks: ['grants', ...(isBroadGrant(statement, words) ? ['superuser'] : [])],
      };
    case 'KILL':
      return { statement: 'kill', effect: 'remedy', functions: ['kill'] };
    case 'SHUTDOWN':
    case 'PURGE':
    case 'RESET':
      return { statement: first.toLowerCase(), effect: 'destroy', marks: ['replication'] };
    case 'SYSTEM':
      return /^(SHUTDOWN|KILL|DROP|STOP)$/.test(second)
        ? { statement: 'system', effect: 'destroy', marks: second === 'DROP' ? ['drops-data'] : ['terminates-every-backend'] }
        : { statement: 'system', effect: 'change' };
    default:
      return { statement: first.toLowerCase() || 'unreadable', effect: CHANGES.test(first) ? 'change' : 'unknown' };
  }
};

const CHANGES =
  /^(INSERT|REPLACE|MERGE|LOAD|CREATE|RENAME|ATTACH|DETACH|SET|START|COMMIT|ROLLBACK|BEGIN|END|OPTIMIZE|ANALYZE|VACUUM|REVOKE|FLUSH|LOCK|UNLOCK|REPAIR|REINDEX)$/;

const DATA_KINDS =
  /^(TABLE|DATABASE|SCHEMA|USER|ROLE|LOGIN|TABLESPACE|MATERIALIZED|KEYSPACE|DICTIONARY|COLUMNFAMILY|EXTERNAL|TEMPORARY)$/;

const dropped = (kind: string, statement: readonly SqlToken[]): Described => ({
  statement: 'drop',
  objectKind: kind.toLowerCase(),
  effect: 'destroy',
  targets: targetOf(statement),
  marks: DATA_KINDS.test(kind) ? ['drops-data'] : [],
});

const altered = (words: readonly string[]): Described => {
  const at = words.findIndex((word, index) => index > 1 && /^(DROP|TRUNCATE|DELETE|DISCARD)$/.test(word));
  const what = words[at + 1] ?? '';
  const loses = at >= 0 && !/^(INDEX|KEY|CONSTRAINT|FOREIGN|CHECK|DEFAULT|PRIMARY)$/.test(what);
  return { statement: 'alter', effect: loses ? 'destroy' : 'change', marks: loses ? ['drops-column'] : [] };
};

const isBroadGrant = (statement: readonly SqlToken[], words: readonly string[]): boolean =>
  words.some((word) => /^(SUPER|DBA|SYSADMIN|DB_OWNER|FILE)$/.test(word)) ||
  (words[1] === 'ALL' &&
    statement.some(
      ({ text }, index) => text === '*' && statement[index + 1]?.text === '.' && statement[index + 2]?.text === '*',
    ));

const targetOf = (statement: readonly SqlToken[]): string[] => {
  const start = statement.findIndex(({ kind, text }, index) => index > 0 && !(kind === 'word' && FILLERS.test(text)));
  const names = statement.slice(Math.max(start, 1), start + 3);
  const [first, dot, second] = names;
  if (!first || first.kind === 'sign') return [];
  return [(dot?.text === '.' && second ? `${first.text}.${second.text}` : first.text).toLowerCase()];
};
const FILLERS = /^(FROM|TABLE|IF|EXISTS|ONLY|LOW_PRIORITY|QUICK|IGNORE|TOP|INTO|DATABASE|SCHEMA|VIEW|USER|TEMPORARY)$/;

/** Functions that compute and nothing else; the words before a bracket that are no function are among them. */
export const SAFE_BEFORE_BRACKET =
  /^(COUNT|SUM|MIN|MAX|AVG|ROUND|ABS|LENGTH|CHAR_LENGTH|LOWER|UPPER|TRIM|CONCAT|CONCAT_WS|GROUP_CONCAT|COALESCE|IFNULL|ISNULL|NULLIF|IF|CAST|CONVERT|NOW|DATE|YEAR|MONTH|DAY|HOUR|MINUTE|DATE_SUB|DATE_ADD|DATEDIFF|TIMESTAMPDIFF|UNIX_TIMESTAMP|FROM_UNIXTIME|DATE_FORMAT|STRFTIME|GETDATE|SUBSTRING|SUBSTR|LEFT|RIGHT|REPLACE|FORMAT|VERSION|DATABASE|USER|CURRENT_USER|SCHEMA|TODATE|TOSTARTOFHOUR|FORMATREADABLESIZE|UNIQ|QUANTILE|ANY|IN|AND|OR|NOT|WHERE|ON|FROM|SELECT|AS|EXISTS|BY|OVER|VALUES|USING|JOIN|WHEN|HAVING|UNION|ALL|BETWEEN|LIKE|INTERVAL|VARCHAR|CHAR|DECIMAL|TOP|LIMIT|COUNTIF|ROW_NUMBER|RANK|DENSE_RANK|LAG|LEAD)$/;
const WRITES_INSIDE =
  /^(INTO|UPDATE|SHARE|LOCK|DELETE|INSERT|DROP|TRUNCATE|ALTER|EXEC|EXECUTE|CALL|MERGE|CREATE|GRANT|PROCEDURE|WAITFOR|OPENROWSET|OPENQUERY)$/;

const onlyLooks = (statement: readonly SqlToken[], words: readonly string[]): boolean =>
  !words.some((word) => WRITES_INSIDE.test(word)) &&
  statement.every(
    ({ kind, text }, index) =>
      statement[index + 1]?.text !== '(' || kind === 'sign' || (kind === 'word' && SAFE_BEFORE_BRACKET.test(text)),
  );

const isReadingPragma = (statement: readonly SqlToken[]): boolean =>
  !statement.some(({ text }) => text === '=') &&
  /^(TABLE_INFO|TABLE_XINFO|TABLE_LIST|INDEX_LIST|INDEX_INFO|FOREIGN_KEY_LIST|INTEGRITY_CHECK|QUICK_CHECK|DATABASE_LIST|PAGE_COUNT|PAGE_SIZE|FREELIST_COUNT|COMPILE_OPTIONS|USER_VERSION|ENCODING)$/.test(
    at(statement, 1),
  );
