import { marked, sqlRule, type HardRule } from './hard-rule.js';

const DOCS = 'https://www.postgresql.org/docs/current';

/** The table for SQL statements. */
export const SQL_RULES: readonly HardRule[] = [
  sqlRule(
    'REJECT',
    {
      id: 'sql-delete-all',
      reason: 'It deletes every row: there is no WHERE, or one that is always true.',
      reference: `${DOCS}/sql-delete.html`,
    },
    ({ statement, restricted }) => statement === 'delete' && restricted === false,
  ),
  sqlRule(
    'REJECT',
    { id: 'sql-truncate', reason: 'It empties tables.', reference: `${DOCS}/sql-truncate.html` },
    ({ statement }) => statement === 'truncate',
  ),
  sqlRule(
    'REJECT',
    { id: 'sql-drop-data', reason: 'It drops something that holds data.', reference: `${DOCS}/sql-droptable.html` },
    (fact) => fact.statement === 'drop' && marked(fact, 'drops-data'),
  ),
  sqlRule(
    'REJECT',
    { id: 'sql-drop-column', reason: 'It drops a column with its data.', reference: `${DOCS}/sql-altertable.html` },
    (fact) => marked(fact, 'drops-column'),
  ),
  sqlRule(
    'REJECT',
    {
      id: 'sql-server-file',
      reason: "It reads or writes the server's files, or runs programs there.",
      reference: `${DOCS}/sql-copy.html`,
    },
    (fact) => marked(fact, 'server-file', 'program', 'remote-sql'),
  ),
  sqlRule(
    'REJECT',
    { id: 'sql-superuser', reason: 'It gives a role rights over the whole server.', reference: `${DOCS}/role-attributes.html` },
    (fact) => marked(fact, 'superuser'),
  ),
  sqlRule(
    'REJECT',
    { id: 'sql-terminate-all', reason: 'It ends every session of the server.', reference: `${DOCS}/functions-admin.html` },
    (fact) => marked(fact, 'terminates-every-backend'),
  ),
  sqlRule(
    'REJECT',
    {
      id: 'sql-replication',
      reason: 'It removes a replication slot or subscription.',
      reference: `${DOCS}/functions-admin.html`,
    },
    (fact) => marked(fact, 'replication'),
  ),
  sqlRule(
    'REQUEST_REVISION',
    {
      id: 'sql-update-all',
      reason: 'It updates every row: there is no WHERE, or one that is always true.',
      reference: `${DOCS}/sql-update.html`,
    },
    ({ statement, restricted }) => statement === 'update' && restricted === false,
  ),
  sqlRule(
    'REQUEST_REVISION',
    { id: 'sql-change', reason: 'It changes data or definitions.', reference: `${DOCS}/sql-commands.html` },
    ({ effect }) => effect === 'change' || effect === 'destroy',
  ),
  sqlRule(
    'REQUEST_REVISION',
    { id: 'sql-locks', reason: 'It locks or rewrites a table while it runs.', reference: `${DOCS}/explicit-locking.html` },
    (fact) => marked(fact, 'locks-table', 'rewrites-table', 'locks-rows'),
  ),
  sqlRule(
    'REQUEST_REVISION',
    {
      id: 'sql-unreadable',
      reason: 'This SQL could not be read, so it is not approved.',
      reference: 'https://owasp.org/www-community/Fail_securely',
    },
    ({ effect }) => effect === 'unknown',
  ),
];
