import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { barChart } from './chart.js';
import { compare, medianOf, type Comparison, type ComparePlan, type Round } from './compare.js';
import type { Contender } from './contender.js';
import { inquestProcesses, inquestStandalone, inquestWithoutThought } from './contenders/inquest.js';
import { FIGURES, OURS, ratiosOf, rounded, tableOf } from './figures.js';
import { peers } from './peers/index.js';
import { growth, liveSessions, memoryPerSession, recorder, replicas } from './sections.js';
import { openServers, type ServerHouse } from './servers.js';
import { tablesOf, where } from './where.js';

/**
 * `npm run bench -- --quick` or `npm run bench -- --rounds 5 --json figures.json --charts charts`: Inquest beside the limit of what
 * Redis and PostgreSQL allow and beside its peers, in interleaved rounds on the same two servers. `--only inquest,raw` leaves the others
 * out; `--parts compare,live` the other parts (`where` alone says in a minute where the time goes); `--profile DIR` writes a CPU profile
 * of each of Inquest's processes.
 */
const PARTS = ['compare', 'live', 'replicas', 'memory', 'recorder', 'growth', 'where'] as const;
type Part = (typeof PARTS)[number];

const Options = z.object({
  rounds: z.coerce.number().int().positive().optional(),
  seconds: z.coerce.number().positive().optional(),
  only: z.string().optional(),
  parts: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(PARTS)))
    .optional(),
  quick: z.boolean().default(false),
  json: z.string().optional(),
  charts: z.string().optional(),
  profile: z.string().optional(),
});

// After a thousand debates V8 is still compiling: a process uses a quarter more processor time per debate than after three thousand.
const WHOLE: ComparePlan = { rounds: 5, seconds: 10, inFlight: 256, rate: 30, count: 1_000, warmUp: 3_000 };
const QUICK: ComparePlan = { rounds: 1, seconds: 4, inFlight: 128, rate: 30, count: 150, warmUp: 200 };
const QUICK_PARTS: readonly Part[] = ['compare', 'memory'];

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const main = async (args: string[]): Promise<void> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      rounds: text,
      seconds: text,
      only: text,
      parts: text,
      json: text,
      charts: text,
      profile: text,
      quick: { type: 'boolean' },
    },
  });
  const { quick, only, json, charts, profile, rounds, seconds, parts: wanted } = Options.parse(values);
  const plan = { ...(quick ? QUICK : WHOLE), ...(rounds !== undefined && { rounds }), ...(seconds !== undefined && { seconds }) };
  const parts = new Set<Part>(wanted ?? (quick ? QUICK_PARTS : PARTS));
  const house = await openServers();
  const result: Record<string, unknown> = { plan };
  const ratios: Record<string, number> = {};
  try {
    if (parts.has('compare')) {
      const contenders = await contendersOf(only?.split(','), profile);
      const comparison = await compare(house, contenders, plan, say);
      Object.assign(ratios, ratiosOf(comparison));
      print(`\n${tableOf(contenders, comparison)}`);
      result['rounds'] = Object.fromEntries(comparison);
      if (charts !== undefined) await draw(charts, contenders, comparison);
    }
    await others(house, parts, quick, result, ratios);
    if (parts.has('where')) {
      const figures = await where(inquestWithoutThought({ flags: profiling(profile) }), plan);
      print(`\n${tablesOf(figures)}`);
      result['where'] = figures;
    }
    print(
      `\n${Object.entries(ratios)
        .map(([name, ratio]) => `${name.padEnd(40)} ${ratio.toFixed(2)}`)
        .join('\n')}`,
    );
    if (json !== undefined) await writeFile(json, `${JSON.stringify({ ratios, ...result }, null, 2)}\n`);
  } finally {
    await house.stop();
  }
};

const profiling = (dir: string | undefined): string[] => (dir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${dir}`]);

const contendersOf = async (only: readonly string[] | undefined, profile: string | undefined): Promise<Contender[]> => {
  const { contenders, missing } = await peers();
  for (const { key, reason } of missing) say(`${key} is left out: ${reason}`);
  const flags = profiling(profile);
  const ours = [inquestProcesses({ flags }), inquestWithoutThought({ flags }), inquestStandalone({ flags })];
  return [...ours, ...contenders].filter(({ key }) => only?.includes(key) ?? true);
};

const others = async (
  house: ServerHouse,
  parts: ReadonlySet<Part>,
  quick: boolean,
  result: Record<string, unknown>,
  ratios: Record<string, number>,
): Promise<void> => {
  if (parts.has('live')) {
    const figures = await liveSessions(house, [0, 100, 1_000, 10_000], say);
    const [none, many] = [figures[0], figures.at(-1)];
    result['live'] = figures;
    if (none && many) {
      ratios['live10000/debatesPerSecond'] = rounded(many.saturation.debatesPerSecond / none.saturation.debatesPerSecond, 3);
      ratios['live10000/redisCpu'] = rounded(many.saturation.cpuMs.redis / none.saturation.cpuMs.redis, 3);
      ratios['live10000/p50'] = rounded(many.latency.p50 / none.latency.p50, 3);
    }
  }
  if (parts.has('replicas')) result['replicas'] = await replicas(house, [1, 2, 4], say);
  if (parts.has('memory')) {
    const memory = await memoryPerSession(house, quick ? 500 : 2_000, say);
    result['redisMemory'] = memory;
    ratios['redisBytes/payload'] = rounded(memory.ratio, 3);
  }
  if (parts.has('recorder')) {
    const rate = await recorder(house, quick ? 1 : 3, 3_000, say);
    result['recorder'] = rate;
    ratios['recorder/bare'] = rounded(rate.ratio, 3);
  }
  if (parts.has('growth')) result['growth'] = await growth(house, [1_000, 10_000, 50_000, 100_000], say);
};

/** A chart per figure: its name in the ratios, and `.svg`. */
const draw = async (folder: string, contenders: readonly Contender[], comparison: Comparison): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const { name, title, unit, of } of FIGURES) {
    const bars = contenders.map((one) => ({
      label: one.title,
      value: medianOf(comparison, one.key, (round: Round) => of(round)),
      ours: one.key === OURS,
    }));
    await writeFile(join(folder, `${name}.svg`), barChart(title, unit, bars));
  }
};

await main(process.argv.slice(2));
