import { describeStatement } from './describe-statement.js';
import { isOtherDialect, readOtherSql } from './other-dialects.js';
import { parseSql } from './parser.js';
import type { SqlFact } from './sql-fact.js';

const unreadable = (problem: string): SqlFact => ({
  statement: 'unreadable',
  effect: 'unknown',
  targets: [],
  functions: [],
  marks: [],
  problem,
});

const TEXT_MAX = 100_000;

/** psql's own commands: those that only look, and those that leave SQL. */
const META = /^\s*\\(\w+\+?|[?!])(.*)$/gm;

/** The facts of every statement of a SQL text; one `unreadable` fact when it cannot be parsed. Needs `ready()`. */
export const readSql = (text: string, dialect: 'postgres' | 'other' = 'postgres'): SqlFact[] => {
  if (text.length > TEXT_MAX) return [unreadable(`longer than ${TEXT_MAX} characters`)];
  if (dialect === 'other') return readOtherSql(text);
  const facts: SqlFact[] = [];
  const statements = text.replace(META, (_whole, name: string) => (facts.push(meta(name)), ''));
  const parsed = parseSql(statements);
  // What PostgreSQL cannot read is never approved, but a deletion in another dialect is still told for what it is.
  if ('problem' in parsed)
    return [...facts, unreadable(parsed.problem), ...readOtherSql(statements).filter(({ effect }) => effect === 'destroy')];
  for (const { stmt } of parsed.tree.stmts ?? []) facts.push(...(stmt ? describeStatement(stmt, 0) : []));
  // MySQL runs what stands in `/*! … */`, which PostgreSQL takes for a comment.
  return isOtherDialect(statements) ? [...facts, ...readOtherSql(statements)] : facts;
};

const meta = (name: string): SqlFact =>
  /^(d[a-zA-Z]*|l|z|conninfo|timing|x|q|echo|encoding|pset|sf|sv)\+?$/.test(name)
    ? { statement: `\\${name}`, effect: 'read', targets: [], functions: [], marks: [] }
    : { ...unreadable(`the psql command \\${name} leaves SQL`), marks: ['psql-command'] };
