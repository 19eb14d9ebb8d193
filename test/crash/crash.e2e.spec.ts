import { campaign, death, fault } from './campaign.js';
import { BRISK_PACE, faultsAt } from './faults/index.js';
import { PLACES } from './points.js';
import type { SeededRandom } from '@inquest/testing';
import { figuresText } from './report.js';
import { Tally } from './tally.js';

/** Another number brings other deaths; the same brings the same. */
const SEED = Number(process.env['INQUEST_CRASH_SEED'] ?? 20261121);
const DEATHS = 8;
const MINUTES = 60_000;
/** Some that differ most; `npm run crash` has all of them, for every victim. */
const FAULTS = [
  'Redis SIGKILL without AOF',
  'Redis failover, last writes lost',
  'Postgres SIGKILL',
  'network to Redis silent',
  'deliveries repeated and out of order',
  'SIGKILL of all replicas',
];

const harms = (random: SeededRandom) => [
  ...random.shuffled(PLACES).slice(0, DEATHS).map(death),
  ...random
    .shuffled(faultsAt(BRISK_PACE).filter(({ name }) => FAULTS.includes(name)))
    .map((one) => fault(one, random.of(one.victims))),
];

describe('a system of two of each service, under load, that is killed again and again', () => {
  it(
    'loses nothing, says nothing twice and leaves nothing open',
    async () => {
      const tally = new Tally();
      const told: string[] = [];
      const say = (line: string): void => void told.push(line);
      await campaign({ replicas: 2, redis: { appendOnly: true }, seed: SEED, rate: 4, harms, say }, tally);
      console.log([`seed ${SEED}`, ...told, figuresText(tally)].join('\n'));
      const { lost, doubled, stuck, unsafe, kills, besideAPeer, degradedBesideAPeer } = tally.figures();
      expect(tally.findings).toEqual([]);
      expect({ lost, doubled, stuck, unsafe }).toEqual({ lost: 0, doubled: 0, stuck: 0, unsafe: 0 });
      expect(kills).toBeGreaterThanOrEqual(DEATHS);
      expect(degradedBesideAPeer / besideAPeer).toBeLessThanOrEqual(0.05);
    },
    6 * MINUTES,
  );
});
