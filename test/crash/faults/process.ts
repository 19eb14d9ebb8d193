import { SERVICES, type Service } from '@inquest/standalone';
import type { SeededRandom } from '@inquest/testing';
import type { Rig } from '../rig.js';
import type { Fault, Victim } from './fault.js';
import { last, type Pace } from './pace.js';

/** What can happen to the processes of a service. */
export const processFaults = (pace: Pace): readonly Fault[] => [
  {
    name: 'SIGKILL',
    victims: SERVICES,
    run: async (rig, victim, random) => {
      const { service, index } = anyReplica(rig, victim, random);
      await rig.processes.kill(service, index);
      await last(pace.downMs, random);
      await rig.processes.restart(service, index);
    },
  },
  {
    name: 'SIGKILL of all replicas',
    victims: SERVICES,
    run: async (rig, victim, random) => {
      const replicas = replicasOf(rig, victim);
      await Promise.all(replicas.map(({ service, index }) => rig.processes.kill(service, index)));
      await last(pace.downMs, random);
      await Promise.all(replicas.map(({ service, index }) => rig.processes.restart(service, index)));
    },
  },
  {
    name: 'SIGTERM, rolling',
    victims: SERVICES,
    run: async (rig, victim) => {
      for (const { service, index } of replicasOf(rig, victim)) await rig.processes.restart(service, index);
    },
  },
  {
    name: 'SIGSTOP',
    victims: SERVICES,
    run: async (rig, victim, random) => {
      const { service, index } = anyReplica(rig, victim, random);
      await rig.processes.kill(service, index, 'SIGSTOP');
      try {
        await last(pace.stillMs, random);
      } finally {
        await rig.processes.kill(service, index, 'SIGCONT');
      }
    },
  },
];

interface Replica {
  readonly service: Service;
  readonly index: number;
}

/** @throws {RangeError} when the victim is no service or has no replica. */
export const anyReplica = (rig: Rig, victim: Victim, random: SeededRandom): Replica => random.of(replicasOf(rig, victim));

const replicasOf = (rig: Rig, victim: Victim): readonly Replica[] => {
  const service = SERVICES.find((one) => one === victim);
  const replicas = service ? rig.processes.urls(service).map((_, index) => ({ service, index })) : [];
  if (replicas.length === 0) throw new RangeError(`There is no replica of ${victim} to strike.`);
  return replicas;
};
