import type { Message, Published, Role, SessionOpened, Vote } from '@inquest/contracts';
import { publishedAtMs } from '@inquest/debate';
import { renderDecision } from './decision.js';
import { said } from './said.js';
import { roleColour, type Style } from './style.js';
import { clip, columnsOf, oneLine, padStart } from './text.js';
import { count, duration, offset } from './units.js';

const MARGIN = 2;
const CLOCK = 7;
/** Where the text of a message begins: margin, clock, rail. */
const BODY = MARGIN + CLOCK + 3;

const NAMES: Record<Role, string> = {
  gateway: 'Gateway',
  diagnostician: 'Diagnostician',
  solver: 'Solver',
  reviewer: 'Reviewer',
  critic: 'Critic',
  coordinator: 'Coordinator',
  single: 'Single',
  recorder: 'Recorder',
};

/** Where a reader goes from here. */
export interface WhereNext {
  /** Base URL of the gateway that holds the session. */
  readonly url: string;
  readonly sessionId: string;
}

/**
 * Draws a debate message by message: who speaks, what they say, how long it took, and at the end which gate decided.
 * Pure but for what it remembers: when the session opened. One object per session.
 */
export class Timeline {
  private openedAtMs: number | undefined;

  constructor(private readonly style: Style) {}

  /** The lines of one message, without line breaks. */
  lines(published: Published): string[] {
    const atMs = publishedAtMs(published.streamId);
    this.openedAtMs ??= atMs;
    const { message } = published;
    return [
      ...(message.type === 'session.opened' ? this.title(message) : []),
      ...this.speaker(message, atMs - this.openedAtMs),
      ...said(message, this.style, this.style.width - BODY).map((line) => this.rail(line)),
      ...(message.type === 'decision.made' ? ['', ...renderDecision(message.data, this.style)] : [this.rail('')]),
    ];
  }

  /** What to type or open after the debate. */
  whereNext({ url, sessionId }: WhereNext): string[] {
    const { colour } = this.style;
    const place = (label: string, value: string): string => `  ${colour.dim(label.padEnd(8))}${value}`;
    return [
      place('Session', sessionId),
      place('Record', `${url}/v1/sessions/${sessionId}`),
      place('Replay', `npx inquest replay ${sessionId}`),
      place('Audit', `npx inquest audit show ${sessionId}`),
      place('Verify', 'npx inquest audit verify'),
    ];
  }

  private title({ data: { incident }, sessionId }: SessionOpened): string[] {
    const { colour, glyph, width } = this.style;
    const severity = incident.severity === 'unknown' ? '' : incident.severity.toUpperCase();
    const paint = incident.severity === 'critical' || incident.severity === 'high' ? colour.red : colour.yellow;
    const title = clip(incident.title, width - MARGIN - severity.length - 2);
    const gap = ' '.repeat(Math.max(2, width - MARGIN - columnsOf(title) - severity.length));
    const where = [incident.namespace, incident.service].filter(Boolean).join('/');
    const about = [where, `from ${incident.source}`, `since ${moment(incident.startsAt)}`, `session ${sessionId}`]
      .filter(Boolean)
      .map(oneLine);
    return [
      '',
      severity ? `  ${colour.bold(title)}${gap}${paint(severity)}` : `  ${colour.bold(title)}`,
      ...joined(about, ` ${glyph.dot} `, width - MARGIN).map((line) => `  ${colour.dim(line)}`),
      '',
    ];
  }

  private speaker(message: Message, sinceMs: number): string[] {
    const { colour, glyph, width } = this.style;
    const paint = roleColour(this.style, message.role);
    const mark =
      message.type === 'session.opened' ? glyph.opens : message.type === 'decision.made' ? glyph.decides : glyph.speaks;
    const name = NAMES[message.role];
    const act = actOf(message);
    const left = `${name}  ${act}`;
    const right = [message.mind, message.degraded && 'degraded', duration(message.latencyMs)]
      .filter(Boolean)
      .join(` ${glyph.dot} `);
    const clock = colour.dim(padStart(offset(sinceMs), CLOCK));
    const speaker = `${' '.repeat(MARGIN)}${clock} ${paint(mark)} ${colour.bold(paint(name))}  ${act}`;
    const aside = message.degraded ? colour.yellow(right) : colour.dim(right);
    const gap = width - BODY - columnsOf(left) - columnsOf(right);
    return gap >= 2 ? [`${speaker}${' '.repeat(gap)}${aside}`] : [speaker, this.rail(aside)];
  }

  private rail(line: string): string {
    return `${' '.repeat(MARGIN + CLOCK + 1)}${this.style.colour.dim(this.style.glyph.rail)} ${line}`.trimEnd();
  }
}

const VOTES: Record<Vote, string> = {
  APPROVE: 'approves',
  REQUEST_REVISION: 'wants a revision',
  REJECT: 'rejects',
  ABSTAIN: 'abstains',
};

/** What the speaker does, in two or three words. */
const actOf = (message: Message): string => {
  if (message.onBehalfOf !== null) return 'did not answer in time: answered for';
  switch (message.type) {
    case 'session.opened':
      return message.data.path === 'debate' ? 'opens the debate' : `opens the session on the path "${message.data.path}"`;
    case 'diagnosis.reported':
      return message.data.abstained ? 'cannot tell the cause' : message.data.healthy ? 'finds nothing wrong' : 'names a cause';
    case 'plan.proposed':
      return message.data.actions.length > 0 ? `proposes ${count(message.data.actions.length, 'action')}` : 'proposes nothing';
    case 'verdict.given':
      return message.vote ? VOTES[message.vote] : 'has nothing to judge';
    case 'critique.raised':
      return message.data.challenges.length > 0
        ? `raises ${count(message.data.challenges.length, 'challenge')}`
        : 'raises no challenge';
    case 'decision.made':
      return `decides at gate ${message.data.gate}`;
    case 'session.failed':
      return 'ends the session without a decision';
    default:
      return message satisfies never;
  }
};

/** To the second; the rest is noise here. */
const moment = (timestamp: string): string => timestamp.replace('T', ' ').replace(/\.\d+/, '');

/** Parts side by side as long as they fit, then on the next line. */
const joined = (parts: readonly string[], separator: string, width: number): string[] =>
  parts.reduce<string[]>((lines, part) => {
    const last = lines.at(-1);
    const longer = last === undefined ? part : last + separator + part;
    if (last !== undefined && columnsOf(longer) > width) return [...lines, clip(part, width)];
    return [...lines.slice(0, -1), clip(longer, width)];
  }, []);
