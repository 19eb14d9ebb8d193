import { setTimeout as pause } from 'node:timers/promises';
import { Drill, type DrillOptions } from './drill.js';
import type { Fault, Victim } from './faults/index.js';
import type { PlaceToDie } from './points.js';
import type { SeededRandom } from '@inquest/testing';
import type { Tally } from './tally.js';

/** Something to be done to a system, and how to say so. */
export interface Harm {
  readonly text: string;
  /** False when it could not be done this time. */
  do(drill: Drill): Promise<boolean>;
}

export const death = (place: PlaceToDie): Harm => ({
  text: `${place.service} dies at ${place.point}`,
  do: (drill) => drill.dieAt(place),
});

export const fault = (what: Fault, victim: Victim): Harm => ({
  text: `${what.name}: ${victim}`,
  do: async (drill) => {
    const reason = what.unavailable?.(drill.rig);
    if (reason === undefined) await drill.suffer(what, victim);
    return reason === undefined;
  },
});

export interface CampaignOptions extends DrillOptions {
  /** What is done, one after the other; stops at its end. */
  readonly harms: (random: SeededRandom) => Iterable<Harm>;
  /** Between two harms, at most. */
  readonly restMs?: number;
  readonly say: (line: string) => void;
}

/** One drill from its start to its verdict, which is added to the tally. */
export const campaign = async ({ harms, restMs = 500, say, ...options }: CampaignOptions, tally: Tally): Promise<void> => {
  const drill = await Drill.start(options);
  const startedMs = Date.now();
  const at = (): string => `${((Date.now() - startedMs) / 1_000).toFixed(0).padStart(5)} s`;
  try {
    for (const harm of harms(drill.random)) {
      const done = await harm.do(drill);
      say(`${at()}  ${harm.text}${done ? '' : '  (did not come about)'}`);
      if (!done) tally.missed.push(harm.text);
      await pause(drill.random.below(restMs + 1));
    }
    const verdict = await drill.verdict();
    tally.add(verdict, drill.history, drill.kills);
    say(`${at()}  judged: ${verdict.debates} debates, ${drill.kills} kills`);
  } catch (error) {
    // Before the stop, which waits for debates that a server which did not come back may never let end.
    say(`${at()}  broken off: ${String(error)}`);
    throw error;
  } finally {
    await drill.stop();
  }
};
