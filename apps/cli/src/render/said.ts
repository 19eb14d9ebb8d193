import {
  DIMENSIONS,
  evidenceItems,
  FORCED_QUESTIONS,
  type Action,
  type ActionPlan,
  type ActionVerdict,
  type Challenge,
  type ChallengeSeverity,
  type CriticReport,
  type DiagnosisReport,
  type Failure,
  type Hypothesis,
  type Message,
  type ReviewVerdict,
  type SessionOpening,
} from '@inquest/contracts';
import type { Style } from './style.js';
import { clip, oneLine, wrap, wrapCommand } from './text.js';
import { count, duration, share } from './units.js';

/** What a message says, as lines of at most `width` columns (colours not counted). The decision has a block of its own. */
export const said = (message: Message, style: Style, width: number): string[] => {
  const page = new Page(style, width);
  switch (message.type) {
    case 'session.opened':
      return opened(message.data, page);
    case 'diagnosis.reported':
      return diagnosed(message.data, page);
    case 'plan.proposed':
      return planned(message.data, page);
    case 'verdict.given':
      return judged(message.data, page);
    case 'critique.raised':
      return criticised(message.data, page);
    case 'decision.made':
      return []; // See `renderDecision`.
    case 'session.failed':
      return failed(message.data, page);
    default:
      return message satisfies never;
  }
};

/** Of one text. Who wants all of a long one finds it on record. */
const LINES_MAX = 5;

const cut = (lines: readonly string[], linesMax: number): string[] =>
  lines.length <= linesMax
    ? [...lines]
    : [...lines.slice(0, linesMax - 1), `${(lines[linesMax - 1] ?? '').replace(/.?$/u, '')}…`];

/** The few kinds of paragraph that everything said is made of. */
export class Page {
  constructor(
    readonly style: Style,
    readonly width: number,
  ) {}

  text(text: string, indent = 0, linesMax = LINES_MAX): string[] {
    return cut(wrap(text, this.width - indent), linesMax).map((line) => ' '.repeat(indent) + line);
  }

  quiet(text: string, indent = 0): string[] {
    return this.text(text, indent).map(this.style.colour.dim);
  }

  /** A coloured word, then a text that hangs beside it. */
  labelled(name: string, paint: (text: string) => string, text: string, indent = 0, linesMax = LINES_MAX): string[] {
    const label = oneLine(name);
    const hang = indent + label.length + 2;
    const [first = '', ...rest] = cut(wrap(text, this.width - hang), linesMax);
    return [`${' '.repeat(indent)}${paint(label)}  ${first}`, ...rest.map((line) => ' '.repeat(hang) + line)];
  }

  evidence(ids: readonly string[], indent = 0): string[] {
    return ids.length > 0 ? this.quiet(`evidence ${ids.join(', ')}`, indent) : [];
  }

  /** An action with its command, what it touches and how to take it back. */
  action({ id, command, description, blastRadius, undo }: Action): string[] {
    const { colour } = this.style;
    return [
      ...(description ? this.labelled(id, colour.bold, description) : [colour.bold(id)]),
      ...wrapCommand(command, this.width - 6).map(
        (line, index) => `    ${index === 0 ? colour.dim('$') : ' '} ${colour.bold(line)}`,
      ),
      ...(undo
        ? this.labelled('undo', colour.dim, undo.command || undo.description, 4)
        : [`    ${colour.red('cannot be undone')}`]),
      ...this.quiet(`blast radius ${blastRadius} of 100`, 4),
    ];
  }
}

const opened = ({ evidence, limits }: SessionOpening, page: Page): string[] => {
  const items = evidenceItems(evidence);
  const dimensions = DIMENSIONS.map((name) => ({ name, amount: evidence[name].length })).filter(({ amount }) => amount > 0);
  const missing = items.filter(({ item }) => item.status === 'error' || item.status === 'denied');
  return [
    ...page.text(
      `${count(items.length, 'piece')} of evidence: ${dimensions.map(({ name, amount }) => `${name} ${amount}`).join(', ') || 'none'}`,
    ),
    ...(missing.length > 0 ? page.text(`not to be had: ${missing.map(({ item }) => item.title || item.id).join('; ')}`) : []),
    ...page.quiet(`${duration(limits.turnMs)} for each role, ${duration(limits.debateMs)} in all`),
  ];
};

const diagnosed = (
  { healthy, abstained, hypotheses, confidence, summary, missingEvidence }: DiagnosisReport,
  page: Page,
): string[] => {
  const { colour } = page.style;
  const missing = missingEvidence.length > 0 ? page.labelled('missing', colour.yellow, missingEvidence.join('; '), 0, 2) : [];
  if (healthy) return [...page.labelled('healthy', colour.green, `${summary} (confidence ${share(confidence)})`), ...missing];
  const [best, ...others] = hypotheses;
  const verdict = abstained ? page.labelled('abstains', colour.yellow, summary || 'The evidence does not show the cause.') : [];
  return [
    ...verdict,
    ...(best ? hypothesis(best, page) : []),
    ...others.slice(0, 3).map((other) => alternative(other, page)),
    ...missing,
  ];
};

const hypothesis = (
  { cause, category, faultType, component, confidence, evidenceIds, refutedBy }: Hypothesis,
  page: Page,
): string[] => {
  const { colour, glyph } = page.style;
  return [
    ...page.text(cause).map(colour.bold),
    ...page.text([category, faultType, oneLine(component), `confidence ${share(confidence)}`].join(` ${glyph.dot} `)),
    ...page.evidence(evidenceIds),
    ...(refutedBy.length > 0 ? page.quiet(`against it: ${refutedBy.join(', ')}`) : []),
  ];
};

const alternative = ({ confidence, cause }: Hypothesis, { style, width }: Page): string =>
  style.colour.dim(clip(`or ${share(confidence)}  ${cause}`, width));

const planned = ({ actions, abstained, summary }: ActionPlan, page: Page): string[] => {
  if (actions.length > 0) return actions.flatMap((action) => page.action(action));
  return page.labelled(abstained ? 'abstains' : 'no action', page.style.colour.yellow, summary || 'Nothing is proposed.');
};

const judged = ({ actions, summary, rulesJudged }: ReviewVerdict, page: Page): string[] => [
  ...(rulesJudged
    ? []
    : page.labelled('unjudged', page.style.colour.red, 'The hard rules were not applied: this plan is offered to nobody.')),
  ...(actions.length > 0 ? actions.flatMap((verdict) => verdictOn(verdict, page)) : page.text(summary || 'Nothing to judge.')),
];

const verdictOn = ({ actionId, judgement, blastRadius, hits }: ActionVerdict, page: Page): string[] => {
  const { colour, glyph } = page.style;
  const paint = judgement === 'APPROVE' ? colour.green : judgement === 'REJECT' ? colour.red : colour.yellow;
  const outcome = judgement.toLowerCase().replaceAll('_', ' ');
  return [
    ...page
      .labelled(actionId, colour.bold, `${outcome} ${glyph.dot} blast radius ${blastRadius}`)
      .map((line) => line.replace(outcome, paint(outcome))),
    ...hits.flatMap((hit) => page.labelled(hit.ruleId, hit.judgement === 'REJECT' ? colour.red : colour.yellow, hit.reason, 4)),
  ];
};

const criticised = ({ challenges, answers, summary, nothingToJudge }: CriticReport, page: Page): string[] => {
  if (nothingToJudge && challenges.length === 0) return page.text(summary || 'Nothing to judge.');
  const unsaid = answers.filter(({ answer }) => !challenges.some(({ argument }) => argument === answer));
  return [
    ...challenges.flatMap((challenge) => challenged(challenge, page)),
    ...unsaid.flatMap(({ question, answer }) => [...page.quiet(FORCED_QUESTIONS[question]), ...page.text(answer, 2, 3)]),
  ];
};

/** How loud a challenge is. */
export const severityColour = ({ colour }: Style, severity: ChallengeSeverity): ((text: string) => string) =>
  ({ minor: colour.dim, major: colour.yellow, critical: colour.red })[severity];

const challenged = ({ severity, attacks, argument, evidenceIds }: Challenge, page: Page): string[] => [
  ...page.labelled(severity, severityColour(page.style, severity), `against the ${attacks}: ${argument}`),
  ...page.evidence(evidenceIds, severity.length + 2),
];

const failed = ({ code, reason, detail }: Failure, page: Page): string[] => [
  ...page.labelled(code, page.style.colour.red, reason),
  ...(detail ? page.quiet(clip(detail, page.width)) : []),
];
