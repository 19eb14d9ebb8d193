import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '@inquest/testing';

/** Shortest and longest, in milliseconds. */
export type Span = readonly [min: number, max: number];

/** How long faults last. The seed says how long exactly. */
export interface Pace {
  /** Until something that stands still or says nothing comes back: SIGSTOP, silent proxies, read-only, full disk, wrong clock. */
  readonly stillMs: Span;
  /** Between a kill and the start of the successor. */
  readonly downMs: Span;
}

export const STANDARD_PACE: Pace = { stillMs: [20_000, 20_000], downMs: [0, 3_000] };
/** For tests that must be over in minutes. Long enough that a command's timeout is met by some. */
export const BRISK_PACE: Pace = { stillMs: [1_500, 4_000], downMs: [0, 500] };

export const within = ([min, max]: Span, random: SeededRandom): number => min + random.below(max - min + 1);

export const last = (span: Span, random: SeededRandom): Promise<void> => pause(within(span, random));
