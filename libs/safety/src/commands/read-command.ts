import { stripInvisible } from '@inquest/hygiene';
import type { CommandFact, Invocation } from './command-fact.js';
import type { Carried } from './carried.js';
import { carriedBy } from './carriers.js';
import { describe } from './describe.js';
import { newScope, strangerOf, type Scope } from './scope.js';
import { TOP, walkScript, type Place } from './walk.js';
import { unwrap } from './wrappers.js';
import { withoutLooks } from '../sql/psql-commands.js';
import { readSql } from '../sql/read-sql.js';
import type { SqlFact } from '../sql/sql-fact.js';

/** Everything a command line would do, as far as reading it can tell. */
export interface CommandReading {
  /** One per simple command, wrappers and carriers followed, in the order of the text. */
  readonly facts: CommandFact[];
  /** One per SQL statement that a client in it would send. */
  readonly sql: SqlFact[];
  /** Why the reading is incomplete; never approved by rules unless empty. */
  readonly problems: string[];
}

const LENGTH_MAX = 50_000;

/** Reads a command line; pure, bounded, never throws. SQL needs `ready()` to have resolved. */
export const readCommand = (text: string): CommandReading => {
  const reading: CommandReading = { facts: [], sql: [], problems: [] };
  if (text.length > LENGTH_MAX) return { ...reading, problems: [`longer than ${LENGTH_MAX} characters`] };
  if (stripInvisible(text) !== text) reading.problems.push('holds invisible characters');
  const scope = newScope();
  readScript(text, scope, TOP, reading);
  reading.problems.push(...scope.budget.problems);
  return reading;
};

const readScript = (text: string, scope: Scope, place: Place, reading: CommandReading): void =>
  walkScript(text, scope, place, (invocation, where, depth) => readInvocation(invocation, where, { ...place, depth }, reading));

const readInvocation = (invocation: Invocation, scope: Scope, place: Place, reading: CommandReading): void => {
  const { argv, via, assigned } = unwrap(invocation.argv);
  const alias = argv[0]?.known ? scope.aliases.get(argv[0].text) : undefined;
  if (alias !== undefined && !via.includes(alias) && place.depth < 8) {
    const rest = argv.slice(1).map(({ text }) => quoted(text));
    readScript([alias, ...rest].join(' '), { ...scope, aliases: new Map() }, { ...place, depth: place.depth + 1 }, reading);
    return;
  }
  const inner: Invocation = {
    ...invocation,
    argv,
    via: [...invocation.via, ...via],
    environment: new Map([...invocation.environment, ...assigned]),
  };
  rememberState(inner, scope);
  if (scope.functions.has(argv[0]?.text ?? '')) return; // Its body is walked where it is called.
  const carrying = carriedBy(inner);
  reading.facts.push(describe(inner, carrying));
  for (const piece of carrying.carried) follow(piece, inner, scope, place, reading);
};

/** `set --`, `alias`, `export` and `read` change what later words mean. */
const rememberState = ({ argv, stdin }: Invocation, scope: Scope): void => {
  const words = argv.slice(1);
  switch (argv[0]?.text) {
    case 'set': {
      const dashes = words.findIndex(({ text }) => text === '--');
      if (dashes >= 0) scope.positional = words.slice(dashes + 1);
      return;
    }
    case 'alias':
      for (const { text, known } of words) {
        const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
        if (name !== undefined && value !== undefined && known) scope.aliases.set(name, value);
      }
      return;
    case 'export':
    case 'declare':
    case 'local':
    case 'readonly':
    case 'typeset':
      for (const { text, known } of words) {
        const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
        if (name !== undefined && value !== undefined) scope.variables.set(name, { text: value, known });
      }
      return;
    case 'read':
    case 'mapfile':
    case 'readarray':
      for (const { text } of words) {
        if (/^[A-Za-z_]\w*$/.test(text))
          scope.variables.set(
            text,
            stdin?.known ? { text: stdin.text.trimEnd(), known: true } : { text: `$${text}`, known: false },
          );
      }
      return;
    case 'printf':
      if (words[0]?.text === '-v' && words[1]) scope.variables.set(words[1].text, { text: `$${words[1].text}`, known: false });
      return;
    default:
  }
};

const follow = (piece: Carried, from: Invocation, scope: Scope, place: Place, reading: CommandReading): void => {
  const via = [...from.via, piece.by];
  const deeper: Place = { stdin: undefined, pipedFrom: [], via, depth: place.depth + 1 };
  if (piece.runs === 'sql') {
    const statements = piece.by === 'psql' ? withoutLooks(piece.sql.text) : piece.sql.text;
    if (statements.trim() !== '' || statements === piece.sql.text) reading.sql.push(...readSql(statements, piece.dialect));
    // psql hands what follows `\!` to a shell of the client's host.
    for (const [, command = ''] of piece.sql.text.slice(0, LENGTH_MAX).matchAll(/^\s*\\!\s*(.+)$/gm))
      readScript(command, { ...strangerOf(scope) }, deeper, reading);
    if (!piece.sql.known) reading.problems.push(`${piece.by} sends SQL that only the shell will know`);
    return;
  }
  if (piece.runs === 'script') {
    if (!piece.script.known) scope.budget.problems.add(`${piece.by} runs a script that only the shell will know`);
    const inside =
      piece.by === 'eval' || piece.by === 'trap' || piece.by === 'source'
        ? scope
        : {
            ...strangerOf(scope),
            variables: new Map([...scope.variables, ...from.environment]),
            positional: [...(piece.positional ?? [])],
          };
    readScript(piece.script.text, inside, deeper, reading);
    return;
  }
  if (deeper.depth > 12) {
    reading.problems.push('nested too deeply');
    return;
  }
  const stdin = piece.stdin;
  readInvocation(
    { argv: piece.argv, environment: new Map(), redirections: [], stdin, pipedFrom: stdin ? from.pipedFrom : [], via },
    scope,
    deeper,
    reading,
  );
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
