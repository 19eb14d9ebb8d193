import type { RedisConnection } from '@inquest/streams';
import { inboxKey } from '@inquest/streams';
import { SERVICES } from '@inquest/standalone';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { SeededRandom } from '@inquest/testing';
import type { Fault } from './fault.js';
import { within, type Pace } from './pace.js';
import { directly } from './redis.js';

/** One look at the inboxes after the other: short enough to catch entries before they are trimmed. */
const LOOK_EVERY_MS = 20;
const ENTRIES_PER_LOOK = 50;
/** A copy comes at once, a little later, or when its session has long gone on. */
const LATE_MS = [
  [0, 0],
  [5, 200],
  [500, 5_000],
] as const;
const SHARE_COPIED = 0.5;
const COPIES_MAX = 3;

const Entry = z.tuple([z.string(), z.array(z.string())]);

interface Copy {
  readonly inbox: string;
  readonly fields: readonly string[];
  readonly dueMs: number;
}

/**
 * Somebody who delivers what was delivered before: again, late, and in another order. The first delivery itself cannot be held back
 * without taking it from a consumer that has it pending, so disorder is that of the copies among each other and among new entries.
 */
export const deliveryFaults = (pace: Pace): readonly Fault[] => [
  {
    name: 'deliveries repeated and out of order',
    victims: ['delivery'],
    run: (rig, _victim, random) =>
      directly(rig, async (redis) => {
        const inboxes = SERVICES.map(inboxKey);
        const seen = new Map<string, string>();
        let waiting: Copy[] = [];
        const startMs = performance.now();
        const endMs = startMs + within(pace.stillMs, random);
        for (const inbox of inboxes) seen.set(inbox, '-');
        while (performance.now() < endMs || waiting.length > 0) {
          const nowMs = performance.now();
          // After the end only what is late comes still.
          if (nowMs < endMs) for (const inbox of inboxes) waiting.push(...(await copiesOf(redis, inbox, seen, random)));
          const due = waiting.filter(({ dueMs }) => dueMs <= nowMs);
          waiting = waiting.filter(({ dueMs }) => dueMs > nowMs);
          await Promise.all(random.shuffled(due).map(({ inbox, fields }) => redis.xadd(inbox, 'NOMKSTREAM', '*', ...fields)));
          await pause(LOOK_EVERY_MS);
        }
      }),
  },
];

/** Copies of what came since the last look, marked so that copies are not copied in their turn. */
const copiesOf = async (
  redis: RedisConnection,
  inbox: string,
  seen: Map<string, string>,
  random: SeededRandom,
): Promise<Copy[]> => {
  const from = seen.get(inbox) ?? '-';
  const entries = z.array(Entry).parse(await redis.xrange(inbox, from, '+', 'COUNT', ENTRIES_PER_LOOK));
  const lastId = entries.at(-1)?.[0];
  if (lastId) seen.set(inbox, `(${lastId}`);
  return entries
    .filter(([, fields]) => !fields.includes(MARK))
    .filter(() => random.next() < SHARE_COPIED)
    .flatMap(([, fields]) =>
      Array.from({ length: 1 + random.below(COPIES_MAX) }, () => ({
        inbox,
        fields: [...fields, MARK, '1'],
        dueMs: performance.now() + within(random.of(LATE_MS), random),
      })),
    );
};

/** A field that no reader knows, and so drops. */
const MARK = 'crash-copy';
