import type { Ballot, DecisionPackage, Dissent } from '@inquest/contracts';
import { Page } from './said.js';
import { outcomeColour, roleColour, type Style } from './style.js';
import { wrap } from './text.js';

const LABEL = 11;
const TITLES: Record<DecisionPackage['outcome'], string> = {
  reject: 'REJECTED',
  escalate: 'ESCALATED TO PEOPLE',
  'human-approval': 'WAITS FOR A PERSON',
  'no-action': 'NOTHING TO DO',
  'auto-execute': 'MAY RUN BY ITSELF',
};

/** The decision, after the debate: which gate decided and why, what is offered, who voted how, and who disagreed. */
export const renderDecision = (decision: DecisionPackage, style: Style): string[] => {
  const { colour, glyph } = style;
  const page = new Page(style, style.width - 2 - LABEL);
  const block = (label: string, lines: readonly string[]): string[] =>
    lines.map((line, index) => `  ${colour.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
  const title = `${outcomeColour(style, decision.outcome)(TITLES[decision.outcome])} ${colour.dim(glyph.dot)} gate ${decision.gate} of 6`;
  return [
    ...block('Decision', [decision.degraded ? `${title} ${colour.dim(glyph.dot)} ${colour.yellow('degraded')}` : title]),
    ...block(
      'Because',
      decision.reasons.flatMap(({ text }) => page.text(text)),
    ),
    ...block('Cause', decision.hypothesis && decision.actions.length === 0 ? page.text(decision.hypothesis.cause) : []),
    ...block(
      'Offered',
      decision.actions.flatMap((action) => page.action(action)),
    ),
    ...block(
      'Votes',
      wrap(decision.votes.map((ballot) => spelled(ballot)).join(', '), page.width).map((line) => coloured(line, style)),
    ),
    ...block(
      'Dissent',
      decision.dissent.flatMap((dissent) => disagreeing(dissent, page)),
    ),
  ];
};

const spelled = ({ voter, present, vote, degraded, answeredFor }: Ballot): string => {
  if (!present) return `${voter} absent`;
  const remarks = [degraded && 'degraded', answeredFor && 'answered for'].filter(Boolean).join(' and ');
  return `${voter} ${vote === null ? 'nothing to judge' : vote.toLowerCase().replaceAll('_', ' ')}${remarks ? ` (${remarks})` : ''}`;
};

const coloured = (line: string, { colour }: Style): string =>
  line.replace(/\b(approve|reject|request revision|abstain|absent|degraded)\b/g, (word) =>
    word === 'approve' ? colour.green(word) : word === 'reject' ? colour.red(word) : colour.yellow(word),
  );

const disagreeing = ({ voter, text }: Dissent, page: Page): string[] =>
  page.labelled(voter, roleColour(page.style, voter), text, 0, 2);
