import type { DecidingSeries } from '@inquest/rca';
import type { ExplainedCandidate, Explanation, Reason } from '../commands/diagnose-explanation.js';
import { Page } from './said.js';
import { sparkline } from './sparkline.js';
import type { Style } from './style.js';
import { clip, oneLine } from './text.js';
import { share } from './units.js';

const ABSTAIN_BELOW = 0.4;
const BARS_MAX = 64;

/** A diagnosis as lines for a person, none longer than the style's width. */
export const renderExplanation = (explanation: Explanation, style: Style): string[] => {
  const page = new Page(style, style.width);
  const [first, ...others] = explanation.verdict === 'healthy' ? [] : explanation.candidates;
  const blocks = [
    page.text(explanation.title).map(style.colour.bold),
    verdictLines(explanation, page),
    first ? candidateLines(first, page) : [],
    others.flatMap((other) => runnerUp(other, page)),
    seriesLines(explanation, page),
    factLines(explanation, page),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]));
};

const verdictLines = ({ verdict, confidence, summary, candidates }: Explanation, page: Page): string[] => {
  const { colour } = page.style;
  if (verdict === 'healthy') return [...page.labelled('healthy', colour.green, `${summary} (confidence ${share(confidence)})`)];
  if (verdict === 'cause') return [];
  const most = candidates.length === 0 ? 'nothing points anywhere' : `the likeliest cause reaches only ${share(confidence)}`;
  return [
    ...page.labelled(
      'cannot tell',
      colour.yellow,
      `This is an abstention: ${most}, and below ${share(ABSTAIN_BELOW)} no cause is named. ${summary}`,
    ),
    ...(candidates.length > 0 ? page.quiet('What follows is where to look, not what broke.') : []),
  ];
};

const headOf = ({ component, faultType, confidence }: ExplainedCandidate, { style }: Page): string =>
  [oneLine(component), faultType, `confidence ${share(confidence)}`].join(` ${style.glyph.dot} `);

const candidateLines = (candidate: ExplainedCandidate, page: Page): string[] => [
  ...page.text(headOf(candidate, page)).map(page.style.colour.bold),
  ...page.text(candidate.cause, 2),
  ...candidate.why.flatMap((reason) => reasonLines('for', page.style.colour.green, reason, page)),
  ...candidate.against.flatMap((reason) => reasonLines('against', page.style.colour.red, reason, page)),
  ...(candidate.wouldRefute.length > 0 ? page.quiet(`would refute it: ${candidate.wouldRefute.join('; ')}`, 2) : []),
];

const reasonLines = (
  name: string,
  paint: (text: string) => string,
  { channel, statement, where, at }: Reason,
  page: Page,
): string[] => [
  ...page.labelled(name, paint, `${channel}: ${statement}`, 2, 3),
  ...page.quiet(
    [...where.slice(0, 3), ...(at === undefined ? [] : [at.replace('.000Z', 'Z')])].join(` ${page.style.glyph.dot} `),
    4 + name.length,
  ),
];

const runnerUp = (candidate: ExplainedCandidate, page: Page): string[] => {
  const [reason] = candidate.why;
  const [objection] = candidate.against;
  return [
    ...page.labelled('or', page.style.colour.dim, headOf(candidate, page)),
    ...page.quiet(
      candidate.symptomOf === undefined ? clip(candidate.cause, page.width - 4) : `a symptom of ${candidate.symptomOf}`,
      4,
    ),
    ...(reason
      ? page.quiet(clip(`for ${reason.channel}: ${reason.statement} (${reason.where[0] ?? ''})`, page.width - 4), 4)
      : []),
    ...(objection ? page.quiet(clip(`against ${objection.channel}: ${objection.statement}`, page.width - 4), 4) : []),
  ];
};

const seriesLines = ({ series, onset }: Explanation, page: Page): string[] => {
  if (series.length === 0) return [];
  const onsetSeconds = onset === undefined ? NaN : Date.parse(onset) / 1_000;
  return [page.style.colour.bold('Series that decided'), ...series.flatMap((one) => drawn(one, onsetSeconds, page))];
};

const shown = (value: number): string =>
  Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));

const drawn = ({ service, metric, unit, points, evidenceId }: DecidingSeries, onsetSeconds: number, page: Page): string[] => {
  const { colour, glyph } = page.style;
  const { bars, min, max, columnOf } = sparkline(points, Math.min(BARS_MAX, page.width - 4));
  const column = columnOf(onsetSeconds);
  const label = [oneLine(service), oneLine(metric), ...(evidenceId === metric ? [] : [evidenceId])].join(` ${glyph.dot} `);
  const mark =
    column === undefined
      ? []
      : [`  ${onsetMark(column, new Date(onsetSeconds * 1_000).toISOString().slice(11, 19), page.width - 2)}`];
  return [
    ...page.text(`${label} ${glyph.dot} min ${shown(min)} ${glyph.dot} max ${shown(max)}${unit === '' ? '' : ` ${unit}`}`, 2),
    `  ${colour.cyan(bars)}`,
    ...mark.map(colour.dim),
  ];
};

/** An arrow under the column of the onset, with its time beside it, on whichever side there is room. */
const onsetMark = (column: number, time: string, width: number): string => {
  const right = `^ onset ${time}Z`;
  return column + right.length <= width ? ' '.repeat(column) + right : `${`onset ${time}Z ^`.padStart(column + 1)}`;
};

const factLines = ({ onset, measured, missing, changes, missingEvidence, verdict }: Explanation, page: Page): string[] => {
  const { colour } = page.style;
  const facts: [string, string][] = [];
  if (onset !== undefined && verdict !== 'healthy') facts.push(['onset', onset.replace('.000Z', 'Z')]);
  if (measured.length > 0)
    facts.push([
      'measured',
      `${measured.join(', ')}${missing.length > 0 ? `; not ${missing.join(', not ')}, which lowers the confidence` : ''}`,
    ]);
  if (changes !== undefined) facts.push(['changes', changes]);
  if (missingEvidence.length > 0) facts.push(['missing', missingEvidence.join('; ')]);
  return facts.flatMap(([name, text]) => page.labelled(name.padEnd(8), colour.dim, text));
};
