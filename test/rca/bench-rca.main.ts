import { diagnoseTelemetry, type TelemetryDiagnosis } from '@inquest/rca';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.js';
import { leaveOneSetOut, type Scored } from './calibration.js';
import { alertsShifted, CONDITIONS, shifted } from './conditions.js';
import { crossValidated } from './cross-validation.js';
import { curveChart } from './curve-chart.js';
import { labelledCases, sharedFolder, syntheticCases, type LabelledCase } from './labelled-cases.js';
import { madeUpBench } from './made-up-bench.js';
import { abstention, accuracyAt, averageAt5, brier, percentile, reliability, type Ranks, type Stated } from './measures.js';
import { referenceMethods, type ReferenceRow } from './reference-methods.js';

/**
 * `npm run bench:rca [-- --json figures/rca.json]`: the root-cause engine beside published methods, on labelled incidents where they are
 * at hand. With --json the figures are written, and the abstention curve beside them as SVG.
 */
interface Outcome {
  set: string;
  rank: number;
  ms: number;
  /** Of the processor, which other programs do not lengthen. */
  cpuMs: number;
  diagnosis: TelemetryDiagnosis;
  missing: number;
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '-');
const head = (title: string): void => console.info(`\n${title}\n`);

const diagnose = (one: LabelledCase, onsetSeconds?: number): Outcome => {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const diagnosis = diagnoseTelemetry(one.evidence, one.reference, onsetSeconds === undefined ? {} : { onsetSeconds });
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const names = one.change === undefined ? diagnosis.ranked.map(({ service }) => service) : diagnosis.changes.map(({ id }) => id);
  const { series, spanWindows, logs } = one.evidence;
  const missing = [series, spanWindows, logs.templates].filter(({ length }) => length === 0).length;
  return {
    set: one.set,
    rank: names.indexOf(one.change ?? one.service) + 1 || Infinity,
    ms,
    cpuMs: (user + system) / 1_000,
    diagnosis,
    missing,
  };
};

const bySet = (outcomes: readonly Outcome[]): Map<string, Outcome[]> => {
  const sets = new Map<string, Outcome[]>();
  for (const one of outcomes) sets.set(one.set, [...(sets.get(one.set) ?? []), one]);
  return sets;
};

const ranksOf = (outcomes: readonly Outcome[]): Ranks => outcomes.map(({ rank }) => rank);

const compare = (outcomes: readonly Outcome[], references: readonly ReferenceRow[]): void => {
  const rows = [...bySet(outcomes)].flatMap(([set, own]) => {
    const [ranks, times] = [ranksOf(own), own.map(({ ms }) => ms)];
    const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    const figures = [accuracyAt(ranks, 1), accuracyAt(ranks, 3), accuracyAt(ranks, 5), averageAt5(ranks)].map(three);
    return [
      [set, 'Inquest', String(own.length), ...figures, mean.toFixed(1), Math.max(...times).toFixed(1)],
      ...references
        .filter(({ dataset }) => dataset === set)
        .sort((a, b) => b.ac1 - a.ac1)
        .map((row) => [
          set,
          row.method,
          String(row.n),
          ...[row.ac1, row.ac3, row.ac5, row.avg5].map(three),
          row.ms_mean.toFixed(1),
          row.ms_max.toFixed(1),
        ]),
    ];
  });
  head('Who finds the cause. AC@k: share of cases with it among the first k.');
  printTable(['set', 'method', 'n', 'AC@1', 'AC@3', 'AC@5', 'Avg@5', 'ms mean', 'ms max'], rows);
  const { wall, cpu } = timesOf(outcomes);
  console.info(`\nms a case, all sets: ${spread(wall)}; of the processor: ${spread(cpu)}`);
};

const timesOf = (outcomes: readonly Outcome[]): { wall: number[]; cpu: number[] } => ({
  wall: outcomes.map(({ ms }) => ms),
  cpu: outcomes.map(({ cpuMs }) => cpuMs),
});

const spread = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5).toFixed(1)}, p95 ${percentile(times, 0.95).toFixed(1)}, max ${Math.max(...times).toFixed(1)}`;

const accuracies = (name: string, sets: readonly string[], outcomes: readonly Outcome[]): string[] => {
  const own = bySet(outcomes);
  return [
    name,
    ...sets.map((set) => {
      const ranks = ranksOf(own.get(set) ?? []);
      return `${three(accuracyAt(ranks, 1))} ${three(accuracyAt(ranks, 5))}`;
    }),
  ];
};

const stress = (cases: readonly LabelledCase[], sets: readonly string[]): void => {
  head('When the onset is not known. AC@1 AC@5.');
  printTable(
    ['onset', ...sets],
    [
      accuracies(
        'detected',
        sets,
        cases.map((one) => diagnose(one)),
      ),
      ...[0, -60, 60, 120, 180].map((by) =>
        accuracies(
          by === 0 ? 'told' : `told, off by ${by} s`,
          sets,
          cases.map((one) => diagnose(one, one.onsetSeconds === undefined ? undefined : one.onsetSeconds + by)),
        ),
      ),
      ...[-60, 180].map((by) =>
        accuracies(
          `clock off by ${by} s`,
          sets,
          cases.map((one) => diagnose(shifted(one, by))),
        ),
      ),
      ...[-60, 60, 180].map((by) =>
        accuracies(
          `alerts off by ${by} s`,
          sets,
          cases.map((one) => diagnose(alertsShifted(one, by))),
        ),
      ),
    ],
  );
  head('When something is missing. AC@1 AC@5.');
  printTable(
    ['condition', ...sets],
    CONDITIONS.map(({ name, evidence, reference }) =>
      accuracies(
        name,
        sets,
        cases.map((one) => diagnose({ ...one, evidence: evidence(one.evidence), reference: reference(one.reference) })),
      ),
    ),
  );
};

const THRESHOLDS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

const calibrate = (scored: readonly Scored[], stated: readonly Stated[]): void => {
  head(`What the confidence in the first service is worth. Brier score ${three(brier(stated))} over ${stated.length} cases.`);
  printTable(
    ['confidence', 'cases', 'mean stated', 'share right'],
    reliability(stated).map(({ from, to, count, meanConfidence, shareRight }) => [
      `${from.toFixed(1)}-${to.toFixed(1)}`,
      String(count),
      three(meanConfidence),
      three(shareRight),
    ]),
  );
  head('Temperature fitted on the other sets.');
  printTable(
    ['left out', 'temperature', 'Brier'],
    leaveOneSetOut(scored).map(({ set, temperature, brier: score }) => [set, String(temperature), three(score)]),
  );
  head('Abstaining below a confidence.');
  printTable(
    ['below', 'coverage', 'accuracy', ''],
    abstention(stated, THRESHOLDS).map(({ threshold, coverage, accuracy }) => [
      threshold.toFixed(2),
      three(coverage),
      three(accuracy),
      '█'.repeat(Math.round(20 * coverage)).padEnd(21),
    ]),
  );
};

const FOLDS = 5;

/** Where services are judged: the channels' weights do not rank changes. */
const validate = (outcomes: readonly Outcome[], cases: readonly LabelledCase[]): void => {
  const ranked = outcomes.flatMap(({ set, diagnosis }, index) => {
    const one = cases[index];
    return one && one.change === undefined ? [{ set, ranked: diagnosis.ranked, service: one.service }] : [];
  });
  const results = [
    ...crossValidated(ranked, ({ set }) => `without ${set}`),
    ...crossValidated(ranked, (_, index) => `without part ${(index % FOLDS) + 1} of ${FOLDS}`),
  ];
  head("The channels' weights fitted without a set, or without a part of all sets. AC@1 there.");
  printTable(
    ['fitted', 'cases', 'weights as they are', 'fitted'],
    results.map(({ fold, count, asTheyAre, refitted }) => [fold, String(count), three(asTheyAre), three(refitted)]),
  );
};

const madeUp = async (shared: string | undefined): Promise<void> => {
  head(
    'Metrics of made-up systems: plain ones (a point a second, one naming), and mixed ones (units, names, gaps, counters, alerts).',
  );
  printTable(
    ['set', 'method', 'n', 'AC@1', 'AC@3'],
    (await madeUpBench(shared)).map(({ set, method, count, ac1, ac3 }) => [set, method, String(count), three(ac1), three(ac3)]),
  );
};

const write = async (
  file: string,
  outcomes: readonly Outcome[],
  stated: readonly Stated[],
  references: readonly ReferenceRow[],
) => {
  const { wall, cpu } = timesOf(outcomes);
  const sets = [...bySet(outcomes)].map(([set, own]) => {
    const ranks = ranksOf(own);
    return {
      set,
      n: own.length,
      ac1: accuracyAt(ranks, 1),
      ac3: accuracyAt(ranks, 3),
      ac5: accuracyAt(ranks, 5),
      avg5: averageAt5(ranks),
    };
  });
  const curve = abstention(stated, THRESHOLDS).filter(({ coverage }) => coverage > 0);
  const times = { p95: percentile(wall, 0.95), max: Math.max(...wall), cpuP95: percentile(cpu, 0.95), cpuMax: Math.max(...cpu) };
  const figures = { sets, references, brier: brier(stated), reliability: reliability(stated), abstention: curve, msACase: times };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  const chart = curveChart(
    'Accuracy against coverage, abstaining below a confidence',
    { x: 'share of incidents answered', y: 'share of answers that are right' },
    curve.map(({ threshold, coverage, accuracy }) => ({ x: coverage, y: accuracy, label: `below ${threshold}` })),
  );
  await writeFile(join(dirname(file), 'rca-abstention.svg'), chart);
};

const main = async (): Promise<void> => {
  const { json } = parseArgs({ options: { json: { type: 'string' } } }).values;
  const shared = sharedFolder(fileURLToPath(new URL('../..', import.meta.url)));
  if (shared === undefined)
    console.info('No labelled incidents beside the repository (../shared/rca): made-up ones, and nobody to compare with.');
  const cases = shared === undefined ? syntheticCases() : await labelledCases(shared);
  for (const one of cases.slice(0, 5)) diagnose(one); // The first runs measure the compiler.
  const outcomes = cases.map((one) => diagnose(one));
  const right = (index: number): boolean => outcomes[index]?.diagnosis.ranked[0]?.service === cases[index]?.service;
  const stated = outcomes.map(({ diagnosis }, index) => ({
    confidence: diagnosis.ranked[0]?.confidence ?? 0,
    right: right(index),
  }));
  const scored = outcomes.map(({ set, diagnosis, missing }, index) => ({
    set,
    scores: diagnosis.ranked.map(({ score }) => score),
    missing,
    right: right(index),
  }));
  const references = shared === undefined ? [] : await referenceMethods(shared);
  compare(outcomes, references);
  stress(cases, [...bySet(outcomes).keys()]);
  validate(outcomes, cases);
  calibrate(scored, stated);
  await madeUp(shared);
  if (json !== undefined) await write(json, outcomes, stated, references);
};

await main();
