import type { OperatorRule, SafetyRules, SafetyRulesFile } from '@inquest/safety';
import { readFileSync } from 'node:fs';
import { CommandError, EXIT } from '../exit-codes.js';
import type { Style } from '../render/style.js';
import { count } from '../render/units.js';

type ReadSafetyRules = (typeof import('@inquest/safety'))['readSafetyRules'];

/** The rules of a file that operators wrote; a bad one ends the command, and every fault is named. */
export const rulesFrom = (path: string, readSafetyRules: ReadSafetyRules): { rules: SafetyRules; file: SafetyRulesFile } => {
  const reading = readSafetyRules(textOf(path));
  if (reading.readable) return reading;
  throw new CommandError(
    `${path} cannot be used:\n${reading.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    EXIT.failed,
  );
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    throw new CommandError(`${path} cannot be read: ${code}. Give the path of a rules file in YAML or JSON.`, EXIT.usage);
  }
};

/** What a file adds to the built-in rules, for a person. */
export const renderRules = (
  { rules, file }: { rules: SafetyRules; file: SafetyRulesFile },
  { colour, glyph }: Style,
): string[] => [
  `${colour.green(glyph.yes)} It can be used; it adds ${count(file.rules.length, 'rule')} to the built-in ones, which all stay.`,
  `  ${colour.dim('Version')}  ${rules.version}`,
  ...Object.entries(file.tiers).map(([tier, patterns]) => `  ${colour.dim('Tier')}     ${tier}: ${(patterns ?? []).join(', ')}`),
  ...file.rules.flatMap((rule) => linesOf(rule, colour)),
];

const linesOf = ({ id, verdict, reason, points, match }: OperatorRule, colour: Style['colour']): string[] => [
  `  ${(verdict === 'reject' ? colour.red : colour.yellow)(verdict)}  ${colour.bold(`operator-${id}`)}  ${reason}${points > 0 ? ` (+${points})` : ''}`,
  colour.dim(
    `          when ${Object.entries(match)
      .map(([condition, patterns]) => `${condition} is ${(Array.isArray(patterns) ? patterns : [patterns]).join(' or ')}`)
      .join(' and ')}`,
  ),
];
