import { recompute, type Recomputation } from '@inquest/debate';
import { CommandError, EXIT } from '../exit-codes.js';
import type { RecordedEvent } from '../gateway-answers.js';
import { brokenMessages, type BrokenMessage } from '../recorded-hashes.js';
import { renderDecision } from '../render/decision.js';
import { count } from '../render/units.js';
import type { Terminal } from '../terminal.js';

interface Comparison {
  readonly broken: readonly BrokenMessage[];
  /** Null on the rollback path: there the decision is itself the one answer, and nothing is left to recompute. */
  readonly decision: Recomputation | null;
}

/** Takes all hashes again and lets the gates decide again; exit code 4 when the record does not agree with itself. */
export const compareWithRecord = (
  sessionId: string,
  events: readonly RecordedEvent[],
  terminal: Terminal,
  json: boolean,
): void => {
  const comparison = compare(events);
  const same = comparison.broken.length === 0 && (comparison.decision?.same ?? true);
  if (json) terminal.out(JSON.stringify(asLine(sessionId, comparison, same)));
  else for (const line of render(events.length, comparison, terminal)) terminal.out(line);
  if (!same) throw new CommandError('', EXIT.different);
};

const compare = (events: readonly RecordedEvent[]): Comparison => {
  const messages = events.map(({ published }) => published);
  const opened = messages[0]?.message;
  const single = opened?.type === 'session.opened' && opened.data.path === 'single';
  const failed = messages.at(-1)?.message.type === 'session.failed';
  return { broken: brokenMessages(events), decision: single || failed ? null : recompute(messages) };
};

const asLine = (sessionId: string, { broken, decision }: Comparison, same: boolean) => ({
  sessionId,
  same,
  broken,
  recordedHash: decision?.recordedHash ?? null,
  recomputedHash: decision?.recomputedHash ?? null,
  otherGates: decision?.otherGates ?? false,
});

const render = (amount: number, { broken, decision }: Comparison, { style }: Terminal): string[] => {
  const { colour, glyph } = style;
  const yes = (text: string): string => `${colour.green(glyph.yes)} ${text}`;
  const no = (text: string): string => `${colour.red(glyph.no)} ${text}`;
  return [
    broken.length === 0
      ? yes(`All hashes of ${count(amount, 'message')} fit.`)
      : no(`${count(broken.length, 'message does', 'messages do')} not fit:`),
    ...broken.map(({ seq, role, type, differs }) => `    ${seq} ${type} of ${role}: ${differs.join(', ')}`),
    ...(decision
      ? renderRecomputation(decision, yes, no, style)
      : [colour.dim('  There is nothing to decide again on this path.')]),
  ];
};

type Say = (text: string) => string;

const renderRecomputation = (decision: Recomputation, yes: Say, no: Say, style: Terminal['style']): string[] => {
  const hash = decision.recomputedHash.slice(0, 16);
  if (decision.same) return [yes(`The gates decide the same, byte for byte (${hash}…).`)];
  if (decision.recordedHash === null)
    return [no('No decision is on record. The gates would decide:'), '', ...renderDecision(decision.recomputed, style)];
  const why = decision.otherGates
    ? 'It was made with other gates, so this is no fault.'
    : 'The gates are the same: the record or the code was changed.';
  return [
    no(`The gates decide otherwise: ${hash}… and not ${decision.recordedHash.slice(0, 16)}…. ${why}`),
    '',
    ...renderDecision(decision.recomputed, style),
  ];
};
