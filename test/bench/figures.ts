import { ratioOf, medianOf, type Comparison, type Round } from './compare.js';
import type { Contender } from './contender.js';

/** What is compared. */
export const FIGURES: readonly {
  /** In the ratios. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly of: (round: Round) => number;
}[] = [
  {
    name: 'debatesPerSecond',
    title: 'Debates per second',
    unit: 'two cores, closed loop; more is better',
    of: ({ saturation }) => saturation.debatesPerSecond,
  },
  {
    name: 'cpuPerDebate',
    title: 'Processor time per debate',
    unit: 'milliseconds, all processes and servers; less is better',
    of: ({ saturation }) => saturation.cpuMs.all,
  },
  { name: 'p50', title: 'Latency at low load, median', unit: 'milliseconds; less is better', of: ({ latency }) => latency.p50 },
  { name: 'p95', title: 'Latency at low load, p95', unit: 'milliseconds; less is better', of: ({ latency }) => latency.p95 },
  { name: 'p99', title: 'Latency at low load, p99', unit: 'milliseconds; less is better', of: ({ latency }) => latency.p99 },
];

/** Whose figures the ratios are: Inquest with a process for each service. */
export const OURS = 'inquest';

/** `debatesPerSecond/raw` and so on: Inquest's figure by the other's, the median of the rounds. */
export const ratiosOf = (comparison: Comparison): Record<string, number> => {
  const others = [...comparison.keys()].filter((key) => key !== OURS && (comparison.get(key)?.length ?? 0) > 0);
  if (!comparison.has(OURS)) return {};
  return Object.fromEntries(
    FIGURES.flatMap(({ name, of }) =>
      others.map((other) => [`${name}/${other}`, rounded(ratioOf(comparison, OURS, other, of), 3)] as const),
    ),
  );
};

const HEADS = ['', 'debates/s', '÷ raw', 'CPU ms', 'Redis', 'PostgreSQL', 'Node.js', 'p50 ms', 'p95', 'p99'];

/** Medians of the rounds, a line for each contender, as Markdown. */
export const tableOf = (contenders: readonly Contender[], comparison: Comparison): string => {
  const rows = contenders
    .filter(({ key }) => (comparison.get(key)?.length ?? 0) > 0)
    .map(({ key, title }) => {
      const of = (figure: (round: Round) => number, digits: number): string => medianOf(comparison, key, figure).toFixed(digits);
      const beside = comparison.has('raw')
        ? ratioOf(comparison, key, 'raw', (round) => round.saturation.debatesPerSecond)
        : Number.NaN;
      return [
        title,
        of(({ saturation }) => saturation.debatesPerSecond, 0),
        Number.isNaN(beside) ? '' : beside.toFixed(2),
        of(({ saturation }) => saturation.cpuMs.all, 2),
        of(({ saturation }) => saturation.cpuMs.redis, 2),
        of(({ saturation }) => saturation.cpuMs.postgres, 2),
        of(({ saturation }) => saturation.cpuMs.node, 2),
        of(({ latency }) => latency.p50, 1),
        of(({ latency }) => latency.p95, 1),
        of(({ latency }) => latency.p99, 1),
      ];
    });
  return markdown(HEADS, rows);
};

/** A table whose first column is text and whose others are numbers. */
export const markdown = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = heads.map((head, column) => Math.max(head.length, 3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
};

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
