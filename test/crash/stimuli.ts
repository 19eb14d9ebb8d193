import { answersKey, inboxKey, sessionKey, type DeadLetter } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@inquest/standalone';
import { directly } from './faults/redis.js';
import type { Stimulus } from './points.js';
import type { Rig } from './rig.js';

/** A little longer than a role has for its turn. */
const MUTE_MS = 6_500;
/** Long enough for a few sessions to wait for whoever is held. */
const GATHER_MS = 1_500;
/** Longer than one gateway's lease on the sweep, and time for another's sweep. */
const ALONE_MS = 4_500;
/** So that each of some replicas gets one. */
const POISONED = 3;
/** A process that has just started needs some time for its first turn. */
const HEAD_START_MS = 1_000;
/** Less than a turn each, and more than one together: sessions get old although nobody is late. */
const SLOW_MS = [4_200, 3_500] as const;

/** In an inbox entry that no service can read. */
const POISON = 'poison';

/** Those that harm more than the service that is to die. What Redis loses by them it had confirmed. */
export const HARM_OF: Partial<Record<Stimulus, { readonly name: string; readonly victim: string }>> = {
  mute: { name: 'a whole role silent', victim: 'critic' },
  amnesia: { name: 'streams of waiting sessions deleted', victim: 'redis' },
  flush: { name: 'a whole role silent, then FLUSHALL', victim: 'redis' },
  slowness: { name: 'whole roles slow', victim: 'diagnostician' },
  alone: { name: 'all but one frozen', victim: 'gateway' },
};

/** Brings a replica of a service to points that no ordinary debate passes. */
export const stimulate = async (rig: Rig, stimulus: Stimulus, service: Service, index: number): Promise<void> => {
  switch (stimulus) {
    case 'none':
      return;
    case 'poison':
      return directly(rig, async (redis) => {
        for (let n = 0; n < POISONED; n += 1) await redis.xadd(inboxKey(service), '*', POISON, 'of the drill');
      });
    case 'misfit':
      return directly(rig, async (redis) => void (await redis.xadd(inboxKey(service), '*', ...misfit())));
    // A role that says nothing is answered for, which is where deadlines are put off and answered.
    case 'mute':
      return held(rig, 'critic', () => pause(MUTE_MS));
    case 'amnesia':
      return held(rig, service, () => forgetThoseWhoWaitFor(rig, service), index);
    // What is open is lost to everybody: who looks after deadlines finds it in the record.
    case 'flush':
      return held(rig, 'critic', async () => {
        await pause(GATHER_MS);
        await directly(rig, async (redis) => void (await redis.flushall()));
        await pause(MUTE_MS);
      });
    case 'slowness':
      await held(rig, 'diagnostician', () => pause(SLOW_MS[0]));
      return held(rig, 'solver', () => pause(SLOW_MS[1]));
    // What one replica does for all of them at a time, this one does now.
    case 'alone':
      return frozen(rig, service, peersOf(rig, service, index), () => pause(ALONE_MS));
    default:
      return stimulus satisfies never;
  }
};

/** An announcement as it should be, but for its session: of something that is no message. */
const misfit = (): string[] => [
  ...['session', `no-session-${randomUUID()}`, 'id', '1-1', 'seq', '1'],
  ...['type', 'session.opened', 'body', POISON],
];

/** Whether a dead letter is of what was written here. */
export const isOfStimulus = ({ fields }: Pick<DeadLetter, 'fields'>): boolean => POISON in fields || fields['body'] === POISON;

/** All replicas of a service stand still meanwhile. One may go on before the others, who would take what waits from it. */
const held = (rig: Rig, service: Service, meanwhile: () => Promise<void>, first?: number): Promise<void> =>
  frozen(rig, service, replicasOf(rig, service), async () => {
    await meanwhile();
    if (first === undefined) return;
    await rig.processes.kill(service, first, 'SIGCONT');
    await pause(HEAD_START_MS);
  });

const replicasOf = ({ processes }: Rig, service: Service): number[] => processes.urls(service).map((_, index) => index);

const peersOf = (rig: Rig, service: Service, index: number): number[] =>
  replicasOf(rig, service).filter((replica) => replica !== index);

const frozen = async (
  { processes }: Rig,
  service: Service,
  replicas: readonly number[],
  meanwhile: () => Promise<void>,
): Promise<void> => {
  const signal = (name: NodeJS.Signals) => Promise.all(replicas.map((index) => processes.kill(service, index, name)));
  await signal('SIGSTOP');
  try {
    await meanwhile();
  } finally {
    await signal('SIGCONT');
  }
};

/** The streams of those sessions are lost, and they stand in the service's inbox all the same. */
const forgetThoseWhoWaitFor = async (rig: Rig, service: Service): Promise<void> => {
  await pause(GATHER_MS);
  await directly(rig, async (redis) => {
    const waiting = await redis.xrange(inboxKey(service), '-', '+');
    const sessions = waiting.map(([, fields]) => fields[fields.indexOf('session') + 1] ?? '').filter((session) => session !== '');
    for (const session of new Set(sessions)) await redis.del(sessionKey(session), answersKey(session));
  });
};
