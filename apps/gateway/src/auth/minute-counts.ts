import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;
const NAMES_MAX = 10_000;

/** How much somebody has done in the minute that began when he was first counted. */
export interface MinuteCount {
  readonly count: number;
  /** Whole seconds until the next minute begins. */
  readonly secondsLeft: number;
}

/** Counts by name, in a step that costs the same however many there were: a flood must not make each request dearer than the last. */
export class MinuteCounts {
  private readonly minutes = new LRUCache<string, { count: number; readonly endsAtMs: number }>({ max: NAMES_MAX });

  add(name: string, nowMs = performance.now()): MinuteCount {
    const known = this.minutes.get(name);
    const minute = known && known.endsAtMs > nowMs ? known : { count: 0, endsAtMs: nowMs + MINUTE_MS };
    minute.count += 1;
    if (minute !== known) this.minutes.set(name, minute);
    return { count: minute.count, secondsLeft: Math.ceil((minute.endsAtMs - nowMs) / 1_000) };
  }
}
