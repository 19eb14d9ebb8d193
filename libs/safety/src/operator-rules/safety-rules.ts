import { sha256Json, type RadiusTerm } from '@inquest/contracts';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { labelOf } from '../commands/command-fact.js';
import type { CommandReading } from '../commands/read-command.js';
import { term } from '../radius/radius.js';
import { RULES_VERSION } from '../rules-version.js';
import type { HardRule } from '../rules/hard-rule.js';
import { fitOfCommand, fitOfSql, tierIn, type Fit } from './match-fact.js';
import { SafetyRulesFile, type OperatorRule, type Tier } from './rules-file.js';

/** What operators add to the built-in rules. Nothing in it can take anything away from those. */
export interface SafetyRules {
  /** `safety/N`, with the start of the file's hash where there is a file: `safety/N+0123abcd`. */
  readonly version: string;
  readonly added: readonly HardRule[];
  /** The tier of a namespace; undefined when nobody has said. */
  tierOf(namespace: string): Tier | undefined;
  /** Points that added rules put on the blast radius. */
  termsOf(reading: CommandReading): RadiusTerm[];
}

/** The rules as they are built in, with nothing added. */
export const BUILT_IN_RULES: SafetyRules = { version: RULES_VERSION, added: [], tierOf: () => undefined, termsOf: () => [] };

export type RulesReading =
  | { readonly readable: true; readonly rules: SafetyRules; readonly file: SafetyRulesFile }
  | { readonly readable: false; readonly problems: readonly string[] };

const SIZE_MAX = 256_000;

/** Reads a rules file in YAML or JSON; never throws. A problem names the field that is at fault. */
export const readSafetyRules = (text: string): RulesReading => {
  if (text.length > SIZE_MAX) return unreadable([`the file is longer than ${SIZE_MAX} characters`]);
  const content = contentOf(text);
  if ('problems' in content) return unreadable(content.problems);
  const parsed = SafetyRulesFile.safeParse(content.value ?? {});
  return parsed.success
    ? { readable: true, rules: rulesOf(parsed.data), file: parsed.data }
    : unreadable(parsed.error.issues.slice(0, 20).map(problemOf));
};

const unreadable = (problems: readonly string[]): RulesReading => ({ readable: false, problems });

/** JSON is YAML too. */
const contentOf = (text: string): { readonly value: unknown } | { readonly problems: string[] } => {
  try {
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0)
      return { problems: document.errors.slice(0, 5).map(({ message }) => message.split('\n')[0] ?? '') };
    return { value: document.toJS({ maxAliasCount: 50 }) };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : 'it is neither YAML nor JSON'] };
  }
};

const problemOf = ({ path, message }: z.core.$ZodIssue): string =>
  `${
    path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, '') || 'file'
  }: ${message}`;

/** The hash is taken of what the file means: order of keys, comments and layout do not change it. */
const rulesOf = (file: SafetyRulesFile): SafetyRules => {
  const tierOf = (namespace: string): Tier | undefined => tierIn(file.tiers, namespace);
  const fits = file.rules.map((rule) => ({ rule, fit: fitIn(rule, (namespace) => tierOf(namespace) ?? 'standard') }));
  return {
    version: `${RULES_VERSION}+${sha256Json(file).slice(0, 8)}`,
    added: fits.flatMap(({ rule, fit }) => hardRulesOf(rule, fit)),
    tierOf,
    termsOf: (reading) =>
      fits.flatMap(({ rule: { id, points, reason }, fit }) =>
        points > 0 && (fit(reading, 'yes') ?? fit(reading, 'maybe')) !== undefined ? [term(nameOf(id), points, reason)] : [],
      ),
  };
};

/** Never the name of a built-in rule. */
const nameOf = (id: string): string => `operator-${id}`;

type FindFit = (reading: CommandReading, wanted: Fit) => string | undefined;

/** What in a reading fits a rule in the way that is wanted. */
const fitIn =
  ({ match }: OperatorRule, tierOf: (namespace: string) => Tier): FindFit =>
  ({ facts, sql }, wanted) => {
    const fact = facts.find((one) => fitOfCommand(match, one, tierOf) === wanted);
    if (fact) return fact.text || labelOf(fact);
    const statement = sql.find((one) => fitOfSql(match, one) === wanted);
    return statement && [statement.statement, ...statement.targets].join(' ');
  };

/** A command that may be what a rule rejects is not rejected for that, but never approved either. */
const hardRulesOf = ({ id, reason, reference, verdict }: OperatorRule, fit: FindFit): HardRule[] => {
  const common = { id: nameOf(id), reference };
  return [
    {
      ...common,
      reason,
      judgement: verdict === 'reject' ? 'REJECT' : 'REQUEST_REVISION',
      match: (reading) => fit(reading, 'yes')?.slice(0, 160),
    },
    {
      ...common,
      reason: `It does not say where or on what, so this may apply: ${reason}`,
      judgement: 'REQUEST_REVISION',
      match: (reading) => (fit(reading, 'yes') === undefined ? fit(reading, 'maybe')?.slice(0, 160) : undefined),
    },
  ];
};
