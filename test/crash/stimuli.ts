import { inboxKey, type DeadLetter } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@inquest/standalone';
import { directly } from './faults/redis.js';
import type { Stimulus } from './points.js';
import type { Rig } from './rig.js';

/** Longer than a role has for its turn by the rig's limits. */
const MUTE_MS = 6_500;

/** In an inbox entry that no service can read. */
const POISON = 'poison';

/** Brings a service to points that no ordinary debate passes. */
export const stimulate = async (rig: Rig, stimulus: Stimulus, service: Service): Promise<void> => {
  if (stimulus === 'mute') return mute(rig);
  if (stimulus === 'none') return;
  await directly(rig, async (redis) => {
    if (stimulus === 'flush') await redis.flushall();
    else await redis.xadd(inboxKey(service), '*', ...(stimulus === 'misfit' ? misfit() : [POISON, 'of the drill']));
  });
};

/** An announcement as it should be, of something that is no message. */
const misfit = (): string[] => ['session', randomUUID(), 'id', '1-1', 'seq', '1', 'type', 'session.opened', 'body', POISON];

/** Whether a dead letter is of what was written here. */
export const isOfStimulus = ({ fields }: Pick<DeadLetter, 'fields'>): boolean => POISON in fields || fields['body'] === POISON;

/** A role that says nothing is answered for, which is where deadlines are put off and answered. */
const mute = async ({ processes }: Rig): Promise<void> => {
  const critics = processes.urls('critic').map((_, index) => index);
  await Promise.all(critics.map((index) => processes.kill('critic', index, 'SIGSTOP')));
  await pause(MUTE_MS);
  await Promise.all(critics.map((index) => processes.kill('critic', index, 'SIGCONT')));
};
