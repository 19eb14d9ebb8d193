import { describeStatement } from './describe-statement.js';
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

/** psql's own commands: those that only look, and those that leave SQL. */
const META = /^\s*\\(\w+\+?|[?!])(.*)$/gm;

/** The facts of every statement of a SQL text; one `unreadable` fact when it cannot be parsed. Needs `ready()`. */
export const readSql = (text: string, dialect: 'postgres' | 'other' = 'postgres'): SqlFact[] => {
  const facts: SqlFact[] = [];
  const statements = dialect === 'postgres' ? text.replace(META, (_whole, name: string) => (facts.push(meta(name)), '')) : text;
  const parsed = parseSql(statements);
  if ('problem' in parsed) return [...facts, unreadable(parsed.problem)];
  for (const { stmt } of parsed.tree.stmts ?? []) facts.push(...(stmt ? describeStatement(stmt, 0) : []));
  // A statement that PostgreSQL reads may still mean more in another dialect, but never less.
  return facts;
};

const meta = (name: string): SqlFact =>
  /^(d[a-zA-Z]*|l|z|conninfo|timing|x|q|echo|encoding|pset|sf|sv)\+?$/.test(name)
    ? { statement: `\\${name}`, effect: 'read', targets: [], functions: [], marks: [] }
    : { ...unreadable(`the psql command \\${name} leaves SQL`), marks: ['psql-command'] };
