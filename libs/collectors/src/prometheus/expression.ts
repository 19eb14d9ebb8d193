import type { Incident } from '@inquest/contracts';

const EXPRESSION_MAX = 2_000;
const NAMES = ['expr', 'expression', 'query', 'promql'];

export interface AlertExpression {
  /** As it stands in the alert's rule. */
  readonly whole: string;
  /** What is compared, where the rule is one comparison with a number: its series shows the way there, too. */
  readonly measured: string;
  /** E.g. `> 0.05`; empty when the rule is no such comparison. */
  readonly threshold: string;
}

/**
 * The alert's PromQL: an annotation or label of that name, else the query that Prometheus puts into the address of its graph. The
 * address is read and never called.
 */
export const expressionOf = ({ url, annotations, labels }: Incident): AlertExpression | undefined => {
  const given = NAMES.map((name) => annotations[name] ?? labels[name]).find((text) => text !== undefined && text.trim() !== '');
  const whole = (given ?? fromAddress(url))?.trim();
  if (whole === undefined || whole === '' || whole.length > EXPRESSION_MAX) return undefined;
  return { whole, ...withoutThreshold(whole) };
};

const fromAddress = (address: string | undefined): string | undefined => {
  if (address === undefined || !URL.canParse(address)) return undefined;
  return new URL(address).searchParams.get('g0.expr') ?? undefined;
};

const COMPARISON = /^(.*\S)\s*(==|!=|>=|<=|>|<)\s*(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/is;
const LITERAL = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

const withoutThreshold = (whole: string): Pick<AlertExpression, 'measured' | 'threshold'> => {
  const [, measured = '', operator = '', limit = ''] = COMPARISON.exec(whole) ?? [];
  const code = measured.replaceAll(LITERAL, '""');
  // Another operator of the same or lower rank binds otherwise than it is written here; `bool` makes 0 and 1 of it.
  const isOne = measured !== '' && !/\b(?:and|or|unless|bool)\b|==|!=(?!["'~])|[<>]/.test(code.replaceAll(/\{[^}]*\}/g, ''));
  return isOne && isBalanced(code) ? { measured, threshold: `${operator} ${limit}` } : { measured: whole, threshold: '' };
};

const isBalanced = (code: string): boolean => {
  let depth = 0;
  for (const character of code) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
};
