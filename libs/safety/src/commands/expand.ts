import {
  forEachChild,
  parse,
  type DoubleQuotedChild,
  type ParameterExpansionPart,
  type ParsedScript,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import type { Arg } from './command-fact.js';
import { spend, type Scope } from './scope.js';

/** Gives what a command substitution would print, or undefined when only the shell will know. */
export type Substitute = (script: ParsedScript | undefined, scope: Scope) => string | undefined;

interface Piece {
  readonly text: string;
  readonly known: boolean;
  readonly quoted: boolean;
  readonly computed?: true;
  readonly holds?: string;
}

const PIECES_MAX = 64;

/** A word as the shell would expand it: variables, substitutions, braces and word splitting; globs stay as they are. */
export const expandWord = (word: Word, scope: Scope, substitute: Substitute): Arg[] => {
  if (!word.parts) return [{ text: word.value.replace(/^~(?=\/|$)/, '$HOME'), known: true }];
  if (word.text === '"$@"' || word.text === '"${@}"') return scope.positional; // The one quoted word that becomes several.
  const alternatives = braceAlternatives(word.parts);
  return alternatives.flatMap((parts) =>
    splitFields(
      parts.flatMap((part) => piecesOf(part, scope, substitute)),
      scope,
    ),
  );
};

/** The same, for places where the shell does not split: assignments, redirections, here-strings. */
export const expandWhole = (word: Word, scope: Scope, substitute: Substitute): Arg => {
  if (!word.parts) return { text: word.value, known: true };
  return join(word.parts.flatMap((part) => piecesOf(part, scope, substitute)));
};

export const expandParts = (parts: readonly WordPart[], scope: Scope, substitute: Substitute): Arg =>
  join(parts.flatMap((part) => piecesOf(part, scope, substitute)));

const join = (pieces: readonly Piece[]): Arg => ({
  text: pieces.map(({ text }) => text).join(''),
  known: pieces.every(({ known }) => known),
  ...computedBy(...pieces),
  ...(pieces.length === 1 && pieces[0]?.holds !== undefined ? { holds: pieces[0].holds } : {}),
});

/** Shows `substitute` every script below a node whose own value stays unknown: the shell runs it all the same. */
export const visitScripts = (node: SyntaxNode, scope: Scope, substitute: Substitute): void =>
  forEachChild(node, (child) => {
    if (!spend(scope)) return;
    if (child.type === 'Script') substitute(child, scope);
    else visitScripts(child, scope, substitute);
  });

const literal = (text: string, quoted: boolean): Piece[] => [{ text, known: true, quoted }];
const unknown = (text: string, quoted: boolean): Piece[] => [{ text, known: false, quoted }];

const piecesOf = (part: WordPart | DoubleQuotedChild, scope: Scope, substitute: Substitute, quoted = false): Piece[] => {
  if (!spend(scope)) return unknown(part.text, quoted);
  switch (part.type) {
    case 'Literal':
      return literal(quoted ? part.value : part.value.replace(/^~(?=\/|$)/, '$HOME'), quoted);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return literal(part.value, true);
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.length === 0
        ? literal('', true)
        : part.parts.flatMap((child) => piecesOf(child, scope, substitute, true));
    case 'Glob':
      return literal(part.text, quoted);
    case 'SimpleExpansion':
      return variable(part.text.slice(1), part.text, scope, quoted);
    case 'ParameterExpansion':
      return parameter(part, scope, substitute, quoted);
    case 'CommandExpansion': {
      const output = substitute(part.script, scope);
      return output === undefined
        ? unknown(part.text, quoted)
        : [{ text: output.replace(/\n+$/, ''), known: true, quoted, computed: true }];
    }
    case 'ProcessSubstitution': {
      const output = substitute(part.script, scope);
      return [{ text: part.text, known: false, quoted: true, ...(output === undefined ? {} : { holds: output }) }];
    }
    default:
      visitScripts(part, scope, substitute);
      return unknown(part.text, quoted);
  }
};

const variable = (name: string, raw: string, scope: Scope, quoted: boolean): Piece[] => {
  if (name === '@' || name === '*')
    return scope.positional.flatMap((arg, index) => [...(index > 0 ? literal(' ', quoted) : []), { ...arg, quoted }]);
  const value = /^\d$/.test(name) && name !== '0' ? scope.positional[Number(name) - 1] : scope.variables.get(name);
  return value ? [{ ...value, quoted }] : unknown(raw, quoted);
};

const parameter = (part: ParameterExpansionPart, scope: Scope, substitute: Substitute, quoted: boolean): Piece[] => {
  const { operation } = part;
  const ownDefault = operation?.type === 'Default' && operation.operator.endsWith('-') && !part.index && !part.prefix;
  const value = scope.variables.get(part.parameter) ?? scope.positional[Number(part.parameter) - 1];
  if (operation?.type === 'Transform' && operation.operand.value === 'P') visitPrompt(value, scope, substitute);
  if (!ownDefault) visitScripts(part, scope, substitute);
  if (part.index) return unknown(part.text, quoted);
  if (part.prefix === '!' && value?.known && !operation) return variable(value.text, part.text, scope, quoted);
  if (part.prefix) return unknown(part.text, quoted);
  if (!operation) return variable(part.parameter, part.text, scope, quoted);
  if (operation.type === 'Default' && operation.operator.endsWith('-')) {
    return value ? [{ ...value, quoted }] : [{ ...expandWhole(operation.operand, scope, substitute), known: false, quoted }];
  }
  if (operation.type === 'Slice' && value?.known) {
    const from = Number(operation.offset.value);
    const length = operation.length === undefined ? undefined : Number(operation.length.value);
    if (Number.isInteger(from) && from >= 0 && (length === undefined || (Number.isInteger(length) && length >= 0))) {
      return literal(value.text.slice(from, length === undefined ? undefined : from + length), quoted);
    }
  }
  if (operation.type === 'CaseModification' && value?.known && !operation.operand) {
    if (operation.operator === ',,') return literal(value.text.toLowerCase(), quoted);
    if (operation.operator === '^^') return literal(value.text.toUpperCase(), quoted);
  }
  if (operation.type === 'Remove' && value?.known && operation.operand.parts === undefined) {
    const pattern = operation.operand.value;
    if (operation.operator.startsWith('#') && value.text.startsWith(pattern))
      return literal(value.text.slice(pattern.length), quoted);
    if (operation.operator.startsWith('%') && value.text.endsWith(pattern))
      return literal(value.text.slice(0, -pattern.length || undefined), quoted);
  }
  if (
    operation.type === 'Replace' &&
    value?.known &&
    !operation.pattern.parts &&
    !operation.replacement.parts &&
    operation.pattern.value !== '' &&
    operation.operator.length < 3 &&
    !/[#%*?[\\]/.test(`${operation.operator}${operation.pattern.value}`)
  ) {
    const { pattern, replacement } = operation;
    const all = operation.operator === '//';
    return literal(
      all ? value.text.replaceAll(pattern.value, replacement.value) : value.text.replace(pattern.value, () => replacement.value),
      quoted,
    );
  }
  return unknown(part.text, quoted);
};

/** `${x@P}` expands the value as a prompt, and runs the substitutions in it. */
const visitPrompt = (value: Arg | undefined, scope: Scope, substitute: Substitute): void => {
  if (value?.known) visitScripts(parse(`: "${value.text.replaceAll('"', '')}"`), scope, substitute);
  else substitute(undefined, scope);
};

/** One list of parts per word that brace expansion makes of these; more than a handful stay as they are. */
const braceAlternatives = (parts: readonly WordPart[]): WordPart[][] => {
  let made: WordPart[][] = [[]];
  for (const part of parts) {
    const options = part.type === 'BraceExpansion' ? braceOptions(part.text) : undefined;
    const texts: WordPart[] = options
      ? options.map((text) => ({ type: 'Literal', pos: part.pos, end: part.end, value: text, text }))
      : [part];
    if (made.length * texts.length > PIECES_MAX) return [[...parts]];
    made = made.flatMap((head) => texts.map((text) => [...head, text]));
  }
  return made;
};

const braceOptions = (text: string): string[] | undefined => {
  const inner = text.slice(1, -1);
  if (/[{}$`'"\\]/.test(inner) || !inner.includes(',')) return undefined;
  return inner.split(',');
};

const computedBy = (...parts: readonly (Arg | Piece | undefined)[]): Pick<Arg, 'computed'> =>
  parts.some((part) => part?.computed) ? { computed: true } : {};

const splitFields = (pieces: readonly Piece[], scope: Scope): Arg[] => {
  const separators = scope.variables.get('IFS');
  const isSeparator = (char: string) => (separators?.known ? separators.text : ' \t\n').includes(char);
  const fields: Arg[] = [];
  let current: Arg | undefined;
  const finish = () => {
    if (current) fields.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    const fromExpansion = !piece.quoted && pieces.length > 0;
    if (!fromExpansion || !piece.known) {
      const text = (current?.text ?? '') + piece.text;
      const holds = current === undefined && piece.holds !== undefined ? { holds: piece.holds } : {};
      current = { text, known: (current?.known ?? true) && piece.known, ...computedBy(current, piece), ...holds };
      continue;
    }
    for (const char of piece.text) {
      if (isSeparator(char)) finish();
      else current = { text: (current?.text ?? '') + char, known: current?.known ?? true, ...computedBy(current, piece) };
    }
  }
  finish();
  return fields;
};
