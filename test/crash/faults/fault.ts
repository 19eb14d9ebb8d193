import type { Service } from '@inquest/standalone';
import type { SeededRandom } from '@inquest/testing';
import type { Rig } from '../rig.js';

/** What a fault strikes. `network` is everybody's; a service's own part of it goes by the service's name. */
export type Victim = Service | 'redis' | 'postgres' | 'network' | 'delivery';

/** Something that goes wrong in production, done on purpose. */
export interface Fault {
  readonly name: string;
  /** Whom it can strike; one of them is handed to `run`. */
  readonly victims: readonly Victim[];
  /** Why it cannot be done on this rig or machine, for people; undefined when it can. */
  unavailable?(rig: Rig): string | undefined;
  /** Injects, waits as long as it lasts, heals. Resolves when everything that was stopped is started again and takes connections. */
  run(rig: Rig, victim: Victim, random: SeededRandom): Promise<void>;
}
