import { diagnoseTelemetry, type TelemetryDiagnosis } from '@inquest/rca';
import { fileURLToPath } from 'node:url';
import { printTable } from '../bench/table.js';
import { leaveOneSetOut, type Scored } from './calibration.js';
import { CONDITIONS, shifted } from './conditions.js';
import { labelledCases, sharedFolder, syntheticCases, type LabelledCase } from './labelled-cases.js';
import { abstention, accuracyAt, averageAt5, brier, percentile, reliability, type Ranks } from './measures.js';
import { referenceMethods } from './reference-methods.js';

/** `npm run bench:rca`: the root-cause engine beside published methods, on labelled incidents where they are at hand. */
interface Outcome {
  set: string;
  rank: number;
  ms: number;
  diagnosis: TelemetryDiagnosis;
  missing: number;
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '-');
const head = (title: string): void => console.info(`\n${title}\n`);

const diagnose = (one: LabelledCase, onsetSeconds?: number): Outcome => {
  const startedMs = performance.now();
  const diagnosis = diagnoseTelemetry(one.evidence, one.reference, onsetSeconds === undefined ? {} : { onsetSeconds });
  const ms = performance.now() - startedMs;
  const names = one.change === undefined ? diagnosis.ranked.map(({ service }) => service) : diagnosis.changes.map(({ id }) => id);
  const { series, spanWindows, logs } = one.evidence;
  const missing = [series, spanWindows, logs.templates].filter(({ length }) => length === 0).length;
  return { set: one.set, rank: names.indexOf(one.change ?? one.service) + 1 || Infinity, ms, diagnosis, missing };
};

const bySet = (outcomes: readonly Outcome[]): Map<string, Outcome[]> => {
  const sets = new Map<string, Outcome[]>();
  for (const one of outcomes) sets.set(one.set, [...(sets.get(one.set) ?? []), one]);
  return sets;
};

const ranksOf = (outcomes: readonly Outcome[]): Ranks => outcomes.map(({ rank }) => rank);

const compare = async (outcomes: readonly Outcome[], shared: string | undefined): Promise<void> => {
  const references = shared === undefined ? [] : await referenceMethods(shared);
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
  const times = outcomes.map(({ ms }) => ms);
  console.info(
    `\nms a case, all sets: p50 ${percentile(times, 0.5).toFixed(1)}, p95 ${percentile(times, 0.95).toFixed(1)}, max ${Math.max(...times).toFixed(1)}`,
  );
};

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

const calibrate = (outcomes: readonly Outcome[], cases: readonly LabelledCase[]): void => {
  const right = (index: number): boolean => outcomes[index]?.diagnosis.ranked[0]?.service === cases[index]?.service;
  const stated = outcomes.map(({ diagnosis }, index) => ({
    confidence: diagnosis.ranked[0]?.confidence ?? 0,
    right: right(index),
  }));
  const scored: Scored[] = outcomes.map(({ set, diagnosis, missing }, index) => ({
    set,
    scores: diagnosis.ranked.map(({ score }) => score),
    missing,
    right: right(index),
  }));
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
    abstention(stated, [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]).map(({ threshold, coverage, accuracy }) => [
      threshold.toFixed(1),
      three(coverage),
      three(accuracy),
      '█'.repeat(Math.round(20 * coverage)).padEnd(21),
    ]),
  );
};

const main = async (): Promise<void> => {
  const shared = sharedFolder(fileURLToPath(new URL('../..', import.meta.url)));
  if (shared === undefined)
    console.info('No labelled incidents beside the repository (../shared/rca): made-up ones, and nobody to compare with.');
  const cases = shared === undefined ? syntheticCases() : await labelledCases(shared);
  for (const one of cases.slice(0, 5)) diagnose(one); // The first runs measure the compiler.
  const outcomes = cases.map((one) => diagnose(one));
  await compare(outcomes, shared);
  stress(cases, [...bySet(outcomes).keys()]);
  calibrate(outcomes, cases);
};

await main();
