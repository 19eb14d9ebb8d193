import {
  parse,
  type Command,
  type CommandNode,
  type CompoundList,
  type ParsedScript,
  type Redirection as RedirectionNode,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import { forEachChild } from 'unbash';
import type { Arg, Invocation, Redirection } from './command-fact.js';
import { expandParts, expandWhole, expandWord, visitScripts } from './expand.js';
import { childOf, DEPTH_MAX, spend, type Scope } from './scope.js';
import { staticOutput } from './static-output.js';
import { baseName } from './wrappers.js';

/** Where a list of commands stands: what is piped into it, and through which carriers it was reached. */
export interface Place {
  readonly stdin: Arg | undefined;
  readonly pipedFrom: readonly string[];
  readonly via: readonly string[];
  readonly depth: number;
}

export const TOP: Place = { stdin: undefined, pipedFrom: [], via: [], depth: 0 };

/** Receives every simple command in the order of the text. */
export type Visit = (invocation: Invocation, scope: Scope, depth: number) => void;

/** Parses a script and visits all its simple commands; everything that could run counts, whichever branch is taken. */
export const walkScript = (text: string, scope: Scope, place: Place, visit: Visit): void => {
  if (place.depth > DEPTH_MAX) {
    scope.budget.problems.add('nested too deeply');
    return;
  }
  const script = parse(text);
  for (const { message } of script.errors ?? []) scope.budget.problems.add(`shell syntax: ${message}`);
  walkCommands(script, scope, place, visit);
};

const walkCommands = (list: Script | CompoundList, scope: Scope, place: Place, visit: Visit): void => {
  for (const statement of list.commands) walkNode(statement.command, scope, place, visit);
};

const walkNode = (node: Statement['command'], scope: Scope, place: Place, visit: Visit): void => {
  if (!spend(scope)) return;
  switch (node.type) {
    case 'AndOr':
      return node.commands.forEach((command) => walkNode(command, scope, place, visit));
    case 'Pipeline':
      return walkPipeline(node.commands, scope, place, visit);
    case 'Command':
      return walkCommand(node, scope, place, visit);
    case 'Function':
      scope.functions.set(node.name.value, node);
      return; // Walked where it is called; a function nobody calls does nothing.
    case 'Redirected':
      visitRedirections(node.redirects, scope, place, visit);
      return walkNode(node.command, scope, withInput(node.redirects, scope, place, visit), visit);
    case 'Subshell':
      return walkCommands(node.body, childOf(scope), place, visit);
    case 'BraceGroup':
      return walkCommands(node.body, scope, place, visit);
    case 'If':
      [
        node.clause,
        node.then,
        ...node.elif.flatMap(({ clause, then }) => [clause, then]),
        ...(node.else ? [node.else] : []),
      ].forEach((part) => walkCommands(part, scope, place, visit));
      return;
    case 'While':
      walkCommands(node.clause, scope, place, visit);
      return walkCommands(node.body, scope, place, visit);
    case 'For':
    case 'Select':
      return walkLoop(node.name, node.wordlist, node.body, scope, place, visit);
    case 'ArithmeticFor':
      for (const part of [node.initialize, node.test, node.update])
        if (part) visitScripts(part, scope, substituteIn(place, visit));
      return walkCommands(node.body, scope, place, visit);
    case 'Case':
      whole(node.word, scope, place, visit);
      return node.items.forEach(({ pattern, body }) => {
        pattern.forEach((word) => whole(word, scope, place, visit));
        walkCommands(body, scope, place, visit);
      });
    case 'Coproc':
      return node.body.type === 'CompoundList'
        ? walkCommands(node.body, scope, place, visit)
        : walkNode(node.body, scope, place, visit);
    case 'TestCommand':
    case 'ArithmeticCommand':
      return walkSubstitutions(node, scope, place, visit);
    default:
      node satisfies never;
  }
};

/** Redirections of a whole group are an invocation of their own: what they write counts, whatever runs inside. */
const visitRedirections = (nodes: readonly RedirectionNode[], scope: Scope, place: Place, visit: Visit): void => {
  const redirections = redirectionsOf(nodes, scope, place, visit);
  if (redirections.length === 0) return;
  const argv = [{ text: '{', known: true }];
  visit({ argv, environment: new Map(), redirections, stdin: undefined, pipedFrom: [], via: place.via }, scope, place.depth);
};

const LOOP_MAX = 20;

const walkLoop = (
  name: Word,
  list: readonly Word[] | undefined,
  body: CompoundList,
  scope: Scope,
  place: Place,
  visit: Visit,
): void => {
  const values = (list ?? []).flatMap((word) => expand(word, scope, place, visit));
  if (values.length === 0 || values.length > LOOP_MAX) values.splice(0, values.length, { text: `$${name.value}`, known: false });
  for (const value of values) {
    scope.variables.set(name.value, value);
    walkCommands(body, scope, place, visit);
  }
};

const walkPipeline = (commands: readonly CommandNode[], scope: Scope, place: Place, visit: Visit): void => {
  let input = place;
  for (const command of commands) {
    const seen: Invocation[] = [];
    const inner = childOf(scope);
    walkNode(command, inner, input, (invocation, where, depth) => {
      if (depth === place.depth) seen.push(invocation);
      visit(invocation, where, depth);
    });
    const output = seen.length === 1 && seen[0] ? printedBy(seen[0]) : seen.length > 1 ? printedByAll(seen) : undefined;
    input = {
      ...place,
      stdin: output === undefined ? { text: '', known: false } : { text: output, known: true },
      pipedFrom: [
        ...(input.pipedFrom === place.pipedFrom ? [] : input.pipedFrom),
        ...seen.map(({ argv }) => baseName(argv[0]?.text ?? '')),
      ],
    };
  }
};

const printedByAll = (invocations: readonly Invocation[]): string | undefined => {
  const outputs = invocations.map(printedBy);
  return outputs.every((output) => output !== undefined) ? outputs.join('') : undefined;
};

const printedBy = ({ argv, stdin }: Invocation): string | undefined => {
  if (argv.some(({ known }) => !known)) return undefined;
  return staticOutput(
    argv.map(({ text }) => text),
    stdin?.known ? stdin.text : undefined,
  );
};

/** What a command substitution prints, when every part of it can be known; what it runs is visited in any case. */
const substituteIn =
  (place: Place, visit: Visit) =>
  (script: ParsedScript | undefined, scope: Scope): string | undefined => {
    if (!script || place.depth >= DEPTH_MAX) {
      scope.budget.problems.add('a substitution that cannot be read');
      return undefined;
    }
    for (const { message } of script.errors ?? []) scope.budget.problems.add(`shell syntax: ${message}`);
    let last: Invocation[] = [];
    const inside = childOf(scope);
    for (const { command } of script.commands) {
      const seen: Invocation[] = [];
      walkNode(
        command,
        inside,
        { ...place, stdin: undefined, pipedFrom: [], depth: place.depth + 1 },
        (invocation, where, depth) => {
          if (depth === place.depth + 1) seen.push(invocation);
          visit(invocation, where, depth);
        },
      );
      last = command.type === 'Pipeline' ? [...last, ...seen.slice(-1)] : [...last, ...seen];
    }
    return last.length > 0 ? printedByAll(last) : undefined;
  };

const expand = (word: Word, scope: Scope, place: Place, visit: Visit): Arg[] =>
  expandWord(word, scope, substituteIn(place, visit));

const whole = (word: Word, scope: Scope, place: Place, visit: Visit): Arg => expandWhole(word, scope, substituteIn(place, visit));

const walkSubstitutions = (node: SyntaxNode, scope: Scope, place: Place, visit: Visit): void => {
  forEachChild(node, (child) => {
    if (child.type === 'Word') whole(child, scope, place, visit);
    else walkSubstitutions(child, scope, place, visit);
  });
};

const walkCommand = (command: Command, scope: Scope, place: Place, visit: Visit): void => {
  const environment = new Map<string, Arg>();
  for (const part of command.prefix) {
    if (part.type !== 'Assignment') continue;
    if (part.index) whole(part.index, scope, place, visit);
    const value = assigned(part.value, scope, place, visit);
    const before = part.append ? scope.variables.get(part.name) : undefined;
    environment.set(part.name, before ? { text: before.text + value.text, known: before.known && value.known } : value);
  }
  const redirections = redirectionsOf(command.redirects, scope, place, visit);
  const words = [...(command.name ? [command.name] : []), ...command.args];
  const argv = words.flatMap((word) =>
    word.type === 'Word'
      ? expand(word, scope, place, visit)
      : [assignedWord(word.name, assigned(word.value, scope, place, visit))],
  );
  if (argv.length === 0) {
    for (const [name, value] of environment) scope.variables.set(name, value);
  }
  const { stdin, pipedFrom } = withInput(command.redirects, scope, place, visit);
  const invocation: Invocation = { argv, environment, redirections, stdin, pipedFrom, via: place.via };
  if (argv.length > 0 || redirections.length > 0 || environment.size > 0) visit(invocation, scope, place.depth);
  callFunction(invocation, scope, place, visit);
};

const assignedWord = (name: string, value: Arg): Arg => ({ text: `${name}=${value.text}`, known: value.known });

const assigned = (
  value: Command['prefix'][number] extends infer P ? (P extends { type: 'Assignment'; value: infer V } ? V : never) : never,
  scope: Scope,
  place: Place,
  visit: Visit,
): Arg => {
  if (value.type === 'Word') return whole(value, scope, place, visit);
  const elements = value.elements.flatMap((word) => expand(word, scope, place, visit));
  return { text: elements.map(({ text }) => text).join(' '), known: false };
};

const callFunction = ({ argv }: Invocation, scope: Scope, place: Place, visit: Visit): void => {
  const definition = scope.functions.get(argv[0]?.text ?? '');
  if (!definition || place.depth >= DEPTH_MAX) return;
  const inside = { ...scope, positional: argv.slice(1) };
  const deeper = { ...place, depth: place.depth + 1 };
  if (definition.body.type === 'CompoundList') walkCommands(definition.body, inside, deeper, visit);
  else walkNode(definition.body, inside, deeper, visit);
};

const redirectionsOf = (nodes: readonly RedirectionNode[], scope: Scope, place: Place, visit: Visit): Redirection[] =>
  nodes.flatMap((node) =>
    node.type === 'Redirect' && node.target ? [{ operator: node.operator, target: whole(node.target, scope, place, visit) }] : [],
  );

/** The place with the standard input that redirections connect. */
const withInput = (nodes: readonly RedirectionNode[], scope: Scope, place: Place, visit: Visit): Place => {
  let { stdin, pipedFrom } = place;
  for (const node of nodes) {
    if (node.type === 'HereDoc')
      stdin = node.body.parts
        ? expandParts(node.body.parts, scope, substituteIn(place, visit))
        : { text: node.body.text, known: true };
    else if (node.type === 'HereString') stdin = node.target ? whole(node.target, scope, place, visit) : undefined;
    else if (node.operator === '<' && node.target) {
      const sources = (node.target.parts ?? []).flatMap((part) =>
        part.type === 'ProcessSubstitution' ? programsOf(part.script) : [],
      );
      const { holds } = whole(node.target, scope, place, () => undefined); // Visited with the redirections themselves.
      stdin = { text: holds ?? '', known: holds !== undefined || node.target.value === '/dev/null' };
      pipedFrom = sources.length > 0 ? sources : [`<${node.target.value}`];
    }
  }
  return { ...place, stdin, pipedFrom };
};

const programsOf = (script: ParsedScript | undefined): string[] =>
  (script?.commands ?? []).flatMap(({ command }) => (command.type === 'Command' ? [baseName(command.name?.value ?? '')] : []));
