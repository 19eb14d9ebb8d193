import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { campaign, death, fault, type Harm } from './campaign.js';
import { BRISK_PACE, faultsAt } from './faults/index.js';
import { PLACES } from './points.js';
import type { SeededRandom } from '@inquest/testing';
import { figuresText, recoveryTable, spread } from './report.js';
import { Tally } from './tally.js';

/**
 * `npm run soak -- --minutes 30 --seed 7 --json soak.json`: debates under load while random things go wrong, and the verdict of the
 * oracle at the end. The seed decides what goes wrong, to whom, in which order and for how long; how far the debates have come by
 * then depends on the machine. Exits with 1 when anything was lost, doubled, stuck or unsafe.
 */
const Options = z.object({
  minutes: z.coerce.number().positive().default(5),
  seed: z.coerce
    .number()
    .int()
    .default(() => Math.floor(Math.random() * 2 ** 31)),
  rate: z.coerce.number().positive().default(5),
  json: z.string().optional(),
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Seven of ten are deaths at a point; the others are what else happens to machines, networks and servers. */
const randomHarm = (random: SeededRandom): Harm => {
  if (random.below(10) < 7) return death(random.of(PLACES));
  const one = random.of(FAULTS);
  return fault(one, random.of(one.victims));
};

const FAULTS = faultsAt(BRISK_PACE);

function* until(endMs: number, random: SeededRandom): Generator<Harm> {
  while (Date.now() < endMs) yield randomHarm(random);
}

const soak = async (args: string[]): Promise<number> => {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, rate: { type: 'string' }, json: { type: 'string' } },
  });
  const { minutes, seed, rate, json } = Options.parse(values);
  say(`soak of ${minutes} minutes, two of each service, ${rate} incidents a second; seed ${seed}`);
  const tally = new Tally();
  const harms = (random: SeededRandom) => until(Date.now() + minutes * 60_000, random);
  await campaign({ replicas: 2, redis: { appendOnly: true }, seed, rate, harms, say, restMs: 1_000 }, tally);
  say(`\n${recoveryTable(tally)}\n\n${figuresText(tally)}\nseed ${seed}`);
  for (const finding of tally.findings) say(`FOUND ${finding}`);
  const { lost, doubled, stuck, unsafe, ...figures } = tally.figures();
  if (json) {
    const [p50, p95, max] = spread(tally.recoveries.map(({ endedAfterMs }) => endedAfterMs));
    const report = {
      seed,
      minutes,
      lost,
      doubled,
      stuck,
      unsafe,
      ...figures,
      recovery: { p50, p95, max },
      findings: tally.findings,
    };
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return lost + doubled + stuck + unsafe === 0 ? 0 : 1;
};

process.exitCode = await soak(process.argv.slice(2));
