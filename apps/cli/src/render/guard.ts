import type { CommandFact, GuardVerdict, SqlFact } from '@inquest/safety';
import { Page } from './said.js';
import type { Style } from './style.js';
import { clip } from './text.js';

const LABEL = 13;
const TITLES: Record<GuardVerdict['decision'], string> = {
  APPROVE: 'APPROVED',
  REQUEST_REVISION: 'NEEDS A REVISION',
  REJECT: 'REJECTED',
};
const RUNS_MAX = 20;

/** A guard's verdict for a person: the decision, the rules, what would really run, and the radius term by term. */
export const renderGuard = ({ decision, hits, radius, reading }: GuardVerdict, style: Style): string[] => {
  const { colour } = style;
  const page = new Page(style, style.width - 2 - LABEL);
  const block = (label: string, lines: readonly string[]): string[] =>
    lines.map((line, index) => `  ${colour.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
  const paint = decision === 'APPROVE' ? colour.green : decision === 'REJECT' ? colour.red : colour.yellow;
  const runs = [
    ...reading.facts.flatMap((fact) => commandLines(fact, page)),
    ...reading.sql.flatMap((fact) => sqlLines(fact, page)),
  ];
  return [
    ...block('Decision', [colour.bold(paint(TITLES[decision]))]),
    ...block(
      'Rules',
      hits.length === 0
        ? page.quiet('no rule objects')
        : hits.flatMap((hit) => page.labelled(hit.ruleId, hit.judgement === 'REJECT' ? colour.red : colour.yellow, hit.reason)),
    ),
    ...block('Really runs', runs.slice(0, RUNS_MAX)),
    ...block(runs.length > RUNS_MAX ? '…' : '', runs.length > RUNS_MAX ? page.quiet(`and ${runs.length - RUNS_MAX} more`) : []),
    ...block(
      'Unreadable',
      reading.problems.flatMap((problem) => page.text(problem)),
    ),
    ...block('Blast radius', [
      colour.bold(`${radius.points} of 100`),
      ...radius.terms.flatMap(({ term, points, why }) =>
        page.labelled(`${points < 0 ? '' : '+'}${points} ${term}`, colour.bold, why),
      ),
    ]),
  ];
};

const EFFECTS: Record<CommandFact['effect'], string> = {
  read: 'only looks',
  remedy: 'an ordinary remedy',
  change: 'changes something',
  unknown: 'could be anything',
  destroy: 'removes or stops',
};

const commandLines = ({ text, effect, via, unresolved }: CommandFact, page: Page): string[] => {
  const { dim } = page.style.colour;
  const way = via.length > 0 ? ` by ${[...new Set(via)].join(', ')}` : '';
  return [
    `${dim('$')} ${page.style.colour.bold(clip(text || '(sets variables)', page.width - 2))}`,
    ...page.quiet(`${EFFECTS[effect]}${way}`, 2),
    ...unresolved.flatMap((reason) => page.labelled('not known', page.style.colour.yellow, reason, 2)),
  ];
};

const sqlLines = ({ statement, objectKind, targets, effect, restricted, problem }: SqlFact, page: Page): string[] => {
  const rows = restricted === false && /^(delete|update)$/.test(statement) ? ', every row' : '';
  const what = ['SQL', statement, objectKind ?? '', targets.join(', ')].filter(Boolean).join(' ');
  return [
    page.style.colour.bold(clip(what, page.width)),
    ...page.quiet(`${EFFECTS[effect]}${rows}${problem ? `: ${problem}` : ''}`, 2),
  ];
};
