import { parsePlPgSQLSync } from 'libpg-query';
import { parseSql } from './parser.js';
import type { SqlFact } from './sql-fact.js';
import { restricts } from './where.js';
import { own } from '../own.js';
import { functionsIn, withFunctions, readsCredentials } from './called-functions.js';

type Node = Record<string, unknown>;

const DEPTH_MAX = 6;

/** The facts of a statement and of those inside it (CTEs, EXPLAIN ANALYZE, DO blocks, function bodies). */
export const describeStatement = (statement: unknown, depth: number): SqlFact[] => {
  const [type, body] = Object.entries(statement as Node)[0] ?? ['', {}];
  const node = body as Node;
  const functions = functionsIn(node);
  const described = { ...(own(DESCRIBERS, type) ?? unlisted)(node, type), functions };
  const fact: SqlFact = { statement: type, effect: 'unknown', targets: [], marks: [], ...described };
  const judged = withFunctions(fact);
  const leaks = judged.effect === 'read' && readsCredentials(node);
  return [leaks ? { ...judged, effect: 'change' } : judged, ...insideOf(type, node, depth)];
};

type Described = Partial<SqlFact>;
type Describer = (node: Node, type: string) => Described;

const unlisted: Describer = (_node, type) => ({ statement: type.replace(/Stmt$/, '').toLowerCase(), effect: 'change' });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const nameOf = (relation: unknown): string => {
  const node = ((relation as Node | undefined)?.['RangeVar'] ?? relation) as Node | undefined;
  const [schema, name] = [node?.['schemaname'], node?.['relname']];
  return [schema, name].filter((part) => typeof part === 'string').join('.');
};

const objectName = (object: unknown): string => {
  const node = object as Node;
  const list = ((node['List'] as Node | undefined)?.['items'] ??
    (node['ObjectWithArgs'] as Node | undefined)?.['objname'] ??
    (node['TypeName'] as Node | undefined)?.['names'] ?? [node]) as Node[];
  return list
    .map((item) => (item['String'] as Node | undefined)?.['sval'])
    .filter((part) => typeof part === 'string')
    .join('.');
};

const optionNames = (node: Node): string[] =>
  ((node['options'] as Node[] | undefined) ?? [])
    .map((option) => (option['DefElem'] as Node | undefined)?.['defname'])
    .filter((name) => typeof name === 'string');

const DATA_KINDS = new Set([
  'table',
  'schema',
  'database',
  'matview',
  'foreign_table',
  'type',
  'extension',
  'view',
  'role',
  'tablespace',
]);
const HARD_DROPS = new Set(['table', 'schema', 'database', 'matview', 'foreign_table', 'role', 'tablespace']);

const drop = (objectKind: string, targets: string[], node: Node): Described => ({
  statement: 'drop',
  objectKind,
  targets,
  effect: DATA_KINDS.has(objectKind) ? 'destroy' : 'change',
  marks: [...(HARD_DROPS.has(objectKind) ? ['drops-data'] : []), ...(node['behavior'] === 'DROP_CASCADE' ? ['cascade'] : [])],
});

const roleOptions = (node: Node): string[] => {
  const grants = ((node['options'] as Node[] | undefined) ?? []).flatMap((option) => {
    const element = option['DefElem'] as Node | undefined;
    const name = element?.['defname'];
    const on = ((element?.['arg'] as Node | undefined)?.['Boolean'] as Node | undefined)?.['boolval'] === true;
    return on && typeof name === 'string' ? [name] : [];
  });
  return grants.some((name) => ['superuser', 'bypassrls', 'createrole', 'isreplication'].includes(name)) ? ['superuser'] : [];
};

const alterMarks = (node: Node): string[] =>
  ((node['cmds'] as Node[] | undefined) ?? []).flatMap((command) => {
    const subtype = (command['AlterTableCmd'] as Node | undefined)?.['subtype'];
    return subtype === 'AT_DropColumn'
      ? ['drops-column']
      : subtype === 'AT_DisableTrigAll' || subtype === 'AT_DisableTrigUser' || subtype === 'AT_DisableRowSecurity'
        ? ['disables-guard']
        : [];
  });

const DESCRIBERS: Record<string, Describer> = {
  SelectStmt: (node) => ({
    statement: 'select',
    effect: node['intoClause'] ? 'change' : 'read',
    restricted: !node['fromClause'] || restricts(node['whereClause']),
    marks: node['lockingClause'] ? ['locks-rows'] : [],
  }),
  DeleteStmt: (node) => ({
    statement: 'delete',
    effect: restricts(node['whereClause']) ? 'remedy' : 'destroy',
    targets: [nameOf(node['relation'])],
    restricted: restricts(node['whereClause']),
  }),
  UpdateStmt: (node) => ({
    statement: 'update',
    effect: 'change',
    targets: [nameOf(node['relation'])],
    restricted: restricts(node['whereClause']),
  }),
  InsertStmt: (node) => ({ statement: 'insert', effect: 'change', targets: [nameOf(node['relation'])] }),
  MergeStmt: (node) => ({ statement: 'merge', effect: 'change', targets: [nameOf(node['relation'])] }),
  TruncateStmt: (node) => ({
    statement: 'truncate',
    effect: 'destroy',
    targets: ((node['relations'] as unknown[] | undefined) ?? []).map(nameOf),
  }),
  DropStmt: (node) =>
    drop(
      text(node['removeType'])
        .replace(/^OBJECT_/, '')
        .toLowerCase(),
      ((node['objects'] as unknown[] | undefined) ?? []).map(objectName),
      node,
    ),
  DropdbStmt: (node) => drop('database', [text(node['dbname'])], node),
  DropRoleStmt: (node) => drop('role', [], node),
  DropTableSpaceStmt: (node) => drop('tablespace', [], node),
  DropOwnedStmt: (node) => drop('schema', ['owned objects'], node),
  DropSubscriptionStmt: (node) => ({ ...drop('subscription', [], node), effect: 'destroy', marks: ['replication'] }),
  AlterTableStmt: (node) => ({
    statement: 'alter',
    objectKind: 'table',
    effect: 'change',
    targets: [nameOf(node['relation'])],
    marks: alterMarks(node),
  }),
  AlterSystemStmt: () => ({ statement: 'alter system', effect: 'change', marks: ['server-settings'] }),
  CreateRoleStmt: (node) => ({ statement: 'create role', effect: 'change', marks: roleOptions(node) }),
  AlterRoleStmt: (node) => ({ statement: 'alter role', effect: 'change', marks: roleOptions(node) }),
  GrantStmt: (node) => ({
    statement: node['is_grant'] ? 'grant' : 'revoke',
    effect: 'change',
    marks: node['is_grant'] ? ['grants'] : [],
  }),
  GrantRoleStmt: (node) => ({
    statement: node['is_grant'] ? 'grant' : 'revoke',
    effect: 'change',
    marks: node['is_grant'] ? ['grants'] : [],
  }),
  VacuumStmt: (node) => {
    const full = optionNames(node).includes('full');
    return {
      statement: node['is_vacuumcmd'] ? 'vacuum' : 'analyze',
      effect: full ? 'change' : 'remedy',
      marks: full ? ['rewrites-table'] : [],
      targets: ((node['rels'] as Node[] | undefined) ?? []).map((rel) =>
        nameOf((rel['VacuumRelation'] as Node | undefined)?.['relation']),
      ),
    };
  },
  IndexStmt: (node) => ({
    statement: 'create index',
    effect: node['concurrent'] ? 'remedy' : 'change',
    targets: [nameOf(node['relation'])],
    marks: node['concurrent'] ? [] : ['locks-table'],
  }),
  ReindexStmt: (node) => ({
    statement: 'reindex',
    effect: 'change',
    marks: ['locks-table'],
    targets: [nameOf(node['relation'])],
  }),
  ClusterStmt: () => ({ statement: 'cluster', effect: 'change', marks: ['rewrites-table'] }),
  RepackStmt: () => ({ statement: 'repack', effect: 'change', marks: ['rewrites-table'] }),
  LockStmt: (node) => ({
    statement: 'lock',
    effect: 'change',
    marks: ['locks-table'],
    targets: ((node['relations'] as unknown[] | undefined) ?? []).map(nameOf),
  }),
  CopyStmt: (node) => {
    const program = node['is_program'] === true;
    const file = typeof node['filename'] === 'string';
    return {
      statement: 'copy',
      effect: program || file ? 'destroy' : node['is_from'] ? 'change' : 'read',
      marks: [...(program ? ['program'] : []), ...(file ? ['server-file'] : [])],
    };
  },
  ExplainStmt: () => ({ statement: 'explain', effect: 'read' }),
  VariableShowStmt: () => ({ statement: 'show', effect: 'read' }),
  TransactionStmt: (node) => ({ statement: text(node['kind']).replace('TRANS_STMT_', '').toLowerCase(), effect: 'change' }),
  VariableSetStmt: () => ({ statement: 'set', effect: 'change' }),
  DoStmt: () => ({ statement: 'do', effect: 'unknown', marks: ['code-block'] }),
  CallStmt: () => ({ statement: 'call', effect: 'unknown' }),
  LoadStmt: () => ({ statement: 'load', effect: 'destroy', marks: ['server-file'] }),
  ExecuteStmt: () => ({ statement: 'execute', effect: 'unknown' }),
  RefreshMatViewStmt: (node) => ({ statement: 'refresh', effect: 'change', targets: [nameOf(node['relation'])] }),
  CheckPointStmt: () => ({ statement: 'checkpoint', effect: 'change' }),
};

const insideOf = (type: string, node: Node, depth: number): SqlFact[] => {
  if (depth >= DEPTH_MAX)
    return [{ statement: 'unreadable', effect: 'unknown', targets: [], functions: [], marks: [], problem: 'nested too deeply' }];
  const inner: SqlFact[] = [];
  for (const cte of ((node['withClause'] as Node | undefined)?.['ctes'] as Node[] | undefined) ?? []) {
    const query = (cte['CommonTableExpr'] as Node | undefined)?.['ctequery'];
    if (query) inner.push(...describeStatement(query, depth + 1));
  }
  if (type === 'ExplainStmt') {
    if (optionNames(node).includes('analyze') && node['query']) inner.push(...describeStatement(node['query'], depth + 1));
  } else if (type === 'PrepareStmt' || type === 'DeclareCursorStmt' || type === 'CreateTableAsStmt' || type === 'CopyStmt') {
    if (node['query']) inner.push(...describeStatement(node['query'], depth + 1));
  }
  if (type === 'RuleStmt')
    inner.push(...((node['actions'] as unknown[] | undefined) ?? []).flatMap((action) => describeStatement(action, depth + 1)));
  if (type === 'DoStmt' || type === 'CreateFunctionStmt') inner.push(...blockFacts(type, node, depth));
  return inner;
};

/** The statements of a DO block or of a function's body. */
const blockFacts = (type: string, node: Node, depth: number): SqlFact[] => {
  const elements = ((type === 'DoStmt' ? node['args'] : node['options']) as Node[] | undefined) ?? [];
  const bodies = elements.flatMap((element) => {
    const def = element['DefElem'] as Node | undefined;
    if (def?.['defname'] !== 'as') return [];
    const arg = def['arg'] as Node | undefined;
    const items = ((arg?.['List'] as Node | undefined)?.['items'] as Node[] | undefined) ?? (arg ? [arg] : []);
    return items.map((item) => (item['String'] as Node | undefined)?.['sval']).filter((text) => typeof text === 'string');
  });
  return bodies.flatMap((body) =>
    statementsOf(body).flatMap((text) => {
      const parsed = parseSql(text);
      return 'problem' in parsed
        ? []
        : (parsed.tree.stmts ?? []).flatMap(({ stmt }) => (stmt ? describeStatement(stmt, depth + 1) : []));
    }),
  );
};

/** Every SQL text of a procedural body, and literals handed to EXECUTE. */
const statementsOf = (body: string): string[] => {
  const wrapped = `CREATE FUNCTION inquest_read() RETURNS void LANGUAGE plpgsql AS $inquest_body$${body}$inquest_body$`;
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'query' && typeof child === 'string') {
        found.push(child);
        const literal = /^\s*(?:format\s*\(\s*)?'((?:[^']|'')*)'/i.exec(child);
        if (literal) found.push((literal[1] ?? '').replaceAll("''", "'").replace(/%[IsL]/g, 'x'));
      }
      visit(child);
    }
  };
  try {
    visit(parsePlPgSQLSync(wrapped));
  } catch {
    found.push(body); // Not PL/pgSQL: perhaps plain SQL; unreadable either way counts as a code block.
  }
  return found;
};
