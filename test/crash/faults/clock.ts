import { SERVICES } from '@inquest/standalone';
import { join } from 'node:path';
import type { Rig } from '../rig.js';
import { setServerClock } from '../server-clock.js';
import { shiftClock } from '../shifted-clock.js';
import type { Fault } from './fault.js';
import { last, type Pace } from './pace.js';
import { anyReplica } from './process.js';
import { directly } from './redis.js';

const HOUR_MS = 3_600_000;
const SKEW_MS = 90_000;

/** Clocks that are set while everybody works, and set right again. */
export const clockFaults = (pace: Pace): readonly Fault[] => [
  ...[HOUR_MS, -HOUR_MS, SKEW_MS, -SKEW_MS].map((offMs): Fault => ({
    name: `clock ${signed(offMs)}`,
    victims: SERVICES,
    run: async (rig, victim, random) => {
      const { service, index } = anyReplica(rig, victim, random);
      const shift = (ms: number) => shiftClock(rig.clockDir, { service, index, pid: rig.processes.pids()[service][index] }, ms);
      await shift(offMs);
      try {
        await last(pace.stillMs, random);
      } finally {
        await shift(0);
      }
    },
  })),
  ...[SKEW_MS, -SKEW_MS].map((offMs): Fault => ({
    name: `Redis clock ${signed(offMs)}`,
    victims: ['redis'],
    unavailable: ({ options }) => (options.redis.shiftableClock ? undefined : 'start the rig with redis.shiftableClock'),
    run: async (rig, _victim, random) => {
      await setRedisClock(rig, offMs);
      try {
        await last(pace.stillMs, random);
      } finally {
        await setRedisClock(rig, 0);
      }
    },
  })),
];

const signed = (ms: number): string => `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000} s`;

const setRedisClock = (rig: Rig, offMs: number): Promise<void> => setServerClock(join(rig.clockDir, 'redis'), offMs);

/** By how much the clock of Redis differs from ours. */
export const redisOffMs = (rig: Pick<Rig, 'redisUrl'>): Promise<number> =>
  directly(rig, async (redis) => {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1_000 + Number(micros) / 1_000 - Date.now();
  });
