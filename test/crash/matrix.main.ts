import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { campaign, death, fault, type CampaignOptions, type Harm } from './campaign.js';
import { BRISK_PACE, faultsAt, STANDARD_PACE, type Fault, type Victim } from './faults/index.js';
import { PLACES, PLACES_OF_SINGLE } from './points.js';
import type { SeededRandom } from '@inquest/testing';
import { cellsTable, figuresText, recoveryTable } from './report.js';
import { Tally } from './tally.js';

/**
 * `npm run crash -- --rounds 5 --seed 1 --write`: with two of each service every other fault strikes every victim and every service dies
 * at every fail point, that many rounds; then faults with one of each (two recorders) and a Redis that forgets, and with three.
 * `--only 'rebuild|wake'` tries none but the deaths whose service and point it matches, with two of each.
 * `--write` puts the tables into test/crash/README.md. Exits with 1 when anything was lost, doubled, stuck or unsafe.
 */
const Options = z.object({
  rounds: z.coerce.number().int().positive().default(1),
  seed: z.coerce.number().int().default(1),
  rate: z.coerce.number().positive().default(5),
  write: z.boolean().default(false),
  only: z
    .string()
    .transform((pattern) => new RegExp(pattern))
    .optional(),
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const README = join(import.meta.dirname, 'README.md');
const MARK = '<!-- tables of `npm run crash` -->';

const everyDeath =
  (rounds: number) =>
  (random: SeededRandom): Harm[] =>
    Array.from({ length: rounds }, () => random.shuffled(PLACES)).flatMap((places) => places.map(death));

const someDeaths =
  (rounds: number, only: RegExp) =>
  (random: SeededRandom): Harm[] => {
    const places = PLACES.filter(({ service, point }) => only.test(`${service} ${point}`));
    return Array.from({ length: rounds }, () => random.shuffled(places)).flatMap((some) => some.map(death));
  };

type Choice = (one: Fault, random: SeededRandom) => readonly Victim[];
const EVERY_VICTIM: Choice = ({ victims }) => victims;
const ONE_VICTIM_EACH: Choice = ({ victims }, random) => [random.of(victims)];
const DEBATING: Choice = ({ victims }) => victims.filter((victim) => victim !== 'single');
const frozenLong = faultsAt(STANDARD_PACE).filter(({ name }) => name === 'SIGSTOP');

const everyFault =
  (choose: Choice = EVERY_VICTIM, faults: readonly Fault[] = faultsAt(BRISK_PACE)) =>
  (random: SeededRandom): Harm[] =>
    random.shuffled(faults.flatMap((one) => choose(one, random).map((victim) => fault(one, victim))));

const deathsOnTheWayBack =
  (rounds: number) =>
  (random: SeededRandom): Harm[] =>
    Array.from({ length: rounds }, () => random.shuffled(PLACES_OF_SINGLE)).flatMap((places) => places.map(death));

const main = async (args: string[]): Promise<number> => {
  const { values } = parseArgs({
    args,
    options: {
      ...{ rounds: { type: 'string' }, seed: { type: 'string' }, rate: { type: 'string' } },
      only: { type: 'string' },
      write: { type: 'boolean' },
    },
  });
  const { rounds, seed, rate, write, only } = Options.parse(values);
  const tally = new Tally();
  const run: Run = (title, options) => {
    say(`\n${title}`);
    return campaign({ ...options, seed, rate, say }, tally);
  };
  const logged = { appendOnly: true };
  if (only) await run(`two of each: deaths at ${only.source}`, { replicas: 2, redis: logged, harms: someDeaths(rounds, only) });
  else await everything(run, rounds);
  const figures = figuresText(tally);
  say(`\n${recoveryTable(tally)}\n\n${figures}\nseed ${seed}`);
  for (const finding of tally.findings) say(`FOUND ${finding}`);
  if (write) await writeTables(tally, `\`npm run crash -- --rounds ${rounds} --seed ${seed}\`\n\n\`\`\`text\n${figures}\n\`\`\``);
  const { lost, doubled, stuck, unsafe } = tally.figures();
  return lost + doubled + stuck + unsafe === 0 ? 0 : 1;
};

type Run = (title: string, options: Pick<CampaignOptions, 'replicas' | 'redis' | 'env' | 'harms'>) => Promise<void>;

const everything = async (run: Run, rounds: number): Promise<void> => {
  const logged = { appendOnly: true };
  await run('two of each: every fault, for every victim', { replicas: 2, redis: logged, harms: everyFault() });
  await run('two of each: SIGSTOP for 20 s', { replicas: 2, redis: logged, harms: everyFault(DEBATING, frozenLong) });
  await run('two of each: deaths at every point', { replicas: 2, redis: logged, harms: everyDeath(rounds) });
  await run('two of each, phase 2 off: deaths of the single role', {
    ...{ replicas: 2, redis: logged, harms: deathsOnTheWayBack(rounds) },
    env: { AIOPS_P2_ENABLED: 'false' },
  });
  const alone = { recorder: 2, diagnostician: 1, solver: 1, reviewer: 1, critic: 1, coordinator: 1, single: 1, gateway: 1 };
  await run('one of each but two recorders, Redis without its log: every fault', {
    ...{ replicas: alone, redis: { appendOnly: false }, harms: everyFault(ONE_VICTIM_EACH) },
  });
  await run('three of each: every fault', { replicas: 3, redis: logged, harms: everyFault(ONE_VICTIM_EACH) });
};

const writeTables = async (tally: Tally, heading: string): Promise<void> => {
  const text = await readFile(README, 'utf8');
  const [before = ''] = text.split(MARK);
  const parts = [
    before.trimEnd(),
    MARK,
    heading,
    '### Recovery',
    recoveryTable(tally),
    '### Every point, every fault',
    cellsTable(tally),
  ];
  await writeFile(README, `${parts.join('\n\n')}\n`);
};

process.exitCode = await main(process.argv.slice(2));
