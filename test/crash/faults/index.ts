import { clockFaults } from './clock.js';
import { deliveryFaults } from './delivery.js';
import { diskFaults } from './disk.js';
import type { Fault } from './fault.js';
import { networkFaults } from './network.js';
import { STANDARD_PACE, type Pace } from './pace.js';
import { postgresFaults } from './postgres.js';
import { processFaults } from './process.js';
import { redisFailover } from './redis-failover.js';
import { redisFaults } from './redis.js';

export type { Fault, Victim } from './fault.js';
export { BRISK_PACE, STANDARD_PACE, type Pace } from './pace.js';

/** Every fault there is, lasting as long as the pace says. */
export const faultsAt = (pace: Pace): readonly Fault[] => [
  ...processFaults(pace),
  ...redisFaults(pace),
  redisFailover,
  ...postgresFaults(pace),
  ...diskFaults(pace),
  ...networkFaults(pace),
  ...clockFaults(pace),
  ...deliveryFaults(pace),
];

export const FAULTS: readonly Fault[] = faultsAt(STANDARD_PACE);
