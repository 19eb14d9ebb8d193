import type { Tally } from './tally.js';
import type { Recovery } from './verdict.js';

/** Fail point × victim × runs × lost × doubled × stuck, as a table of Markdown. */
export const cellsTable = ({ cells }: Tally): string =>
  table(
    ['fail point or fault', 'victim', 'runs', 'lost', 'doubled', 'stuck', 'unsafe'],
    [...cells.values()]
      .sort((left, right) => left.victim.localeCompare(right.victim) || left.name.localeCompare(right.name))
      .map(({ name, victim, runs, lost, doubled, stuck, unsafe }) => [`\`${name}\``, victim, runs, lost, doubled, stuck, unsafe]),
  );

/** How long the sessions that were open at a failure needed to their end, by kind of failure. */
export const recoveryTable = ({ recoveries }: Tally): string => {
  const byKind = new Map<string, Recovery[]>();
  for (const recovery of recoveries) {
    const kind = kindOf(recovery);
    byKind.set(kind, [...(byKind.get(kind) ?? []), recovery]);
  }
  return table(
    ['failure', 'runs', 'next decision after p50', 'p95', 'max', 'last open session ended after p50', 'p95', 'max'],
    [...byKind]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([kind, all]) => [
        kind,
        all.length,
        ...spread(all.map(({ decidedAfterMs }) => decidedAfterMs)),
        ...spread(all.map(({ endedAfterMs }) => endedAfterMs)),
      ]),
  );
};

/** All points of one service are one kind of failure: what dies is the process. */
const kindOf = ({ fault: { name, victim, hadPeer } }: Recovery): string => {
  const what = name.includes(':') || name.startsWith('SIGKILL at') ? 'SIGKILL' : name;
  return `${what}, ${victim}${hadPeer === true ? ' with a peer' : ''}`;
};

/** Seconds at the 50th and 95th percentile and at most, nearest rank. */
export const spread = (values: readonly (number | null)[]): string[] => {
  const sorted = values.filter((value) => value !== null).sort((left, right) => left - right);
  return [0.5, 0.95, 1].map((share) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? '–' : `${(value / 1_000).toFixed(1)} s`;
  });
};

/** One line a figure, for people. */
export const figuresText = (tally: Tally): string => {
  const { debates, kills, lost, doubled, stuck, unsafe, degraded, failed, besideAPeer, degradedBesideAPeer } = tally.figures();
  const undegraded = besideAPeer === 0 ? '–' : `${(100 * (1 - degradedBesideAPeer / besideAPeer)).toFixed(1)} %`;
  return [
    `debates ${debates}  kills ${kills}  lost ${lost}  doubled ${doubled}  stuck ${stuck}  unsafe ${unsafe}  degraded ${degraded}  failed ${failed}`,
    `under way when a service with a living peer died: ${besideAPeer}, of them undegraded ${undegraded}`,
    `dead letters: ${
      Object.entries(tally.deadLetters)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', ') || 'none'
    }`,
    ...(tally.missed.length > 0 ? [`never came to the point: ${counted(tally.missed)}`] : []),
  ].join('\n');
};

/** Each once, with how often it comes. */
const counted = (texts: readonly string[]): string =>
  [...new Set(texts)]
    .map((text) => [text, texts.filter((other) => other === text).length] as const)
    .map(([text, times]) => (times === 1 ? text : `${text} (${times} times)`))
    .join(', ');

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
