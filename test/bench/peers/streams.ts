import { Redis } from 'ioredis';
import type { Step } from './work.js';

/** Where a message goes. Review and critique share a stream, so that who waits for both reads one. */
export const streamOf = (step: Step): string => `bench:${step === 'review' || step === 'critique' ? 'verdict' : step}`;

/** Decisions whose debates are on record. */
export const RELEASED = 'bench:released';

/** One entry of a stream, as `XADD` below has written it. */
export interface Entry {
  readonly id: string;
  readonly session: string;
  readonly step: Step;
  readonly payload: string;
}

/** What one read got from one stream. */
export interface Batch {
  readonly stream: string;
  readonly entries: readonly Entry[];
}

export type Command = readonly [name: string, ...args: string[]];

/** Far more than a run leaves unread: trimmed entries would be rows that nobody records. */
const ENTRIES_MAX = '200000';
const READ_MAX = 512;
const BLOCK_MS = 5_000;

export const add = (stream: string, session: string, step: Step, payload: string): Command => [
  ...(['xadd', stream, 'MAXLEN', '~', ENTRIES_MAX, '*'] as const),
  ...['session', session, 'step', step, 'payload', payload],
];

export const acknowledge = ({ stream, entries }: Batch, group: string): Command => [
  ...(['xack', stream, group] as const),
  ...entries.map(({ id }) => id),
];

export const connectStreams = async (redisUrl: string, onFault: (fault: Error) => void): Promise<Redis> => {
  const redis = new Redis(redisUrl, {
    protocol: 2,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  redis.on('error', onFault);
  await redis.connect();
  return redis;
};

/** All of them in one round trip. */
export const sendAll = async (redis: Redis, commands: readonly Command[]): Promise<void> => {
  const replies = await redis.pipeline(commands.map((command) => [...command])).exec();
  for (const [error] of replies ?? []) if (error) throw error;
};

/** An empty stream with a group of readers that get what is added from now on. */
export const createGroup = async (redis: Redis, stream: string, group: string): Promise<void> => {
  await redis.xgroup('CREATE', stream, group, '$', 'MKSTREAM');
};

/**
 * Reads on and on, as the only member of its group. The next read begins when the handler has returned or, if it returns a promise,
 * when that has resolved. Ends when `stopping` is aborted and the connection closed.
 */
export const consume = async (
  redis: Redis,
  group: string,
  streams: readonly string[],
  handle: (batches: readonly Batch[]) => void | Promise<void>,
  stopping?: AbortSignal,
): Promise<void> => {
  const read = async () =>
    redis.xreadgroup(
      ...(['GROUP', group, 'only', 'COUNT', READ_MAX, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
      ...streams,
      ...streams.map(() => '>'),
    );
  try {
    for (;;) {
      const reply = await read();
      if (reply) await handle(reply.map(([stream, entries]) => ({ stream, entries: entries.map(entryOf) })));
    }
  } catch (error) {
    if (!stopping?.aborted) throw error;
  }
};

const entryOf = ([id, fields]: [id: string, fields: string[] | null]): Entry => {
  const [, session = '', , step, , payload = ''] = fields ?? [];
  return { id, session, step: step as Step, payload };
};
