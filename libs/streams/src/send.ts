import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UnexpectedReplyError } from './errors.js';
import { isCluster, type RedisConnection } from './redis-connection.js';

export type Argument = string | number;

/** A slot under way answers in these ways; none of them has executed the command, or executing it again does no harm. */
const redirected =
  /MOVED|ASK |TRYAGAIN|CLUSTERDOWN|Connection is closed|slots allocation group|Too many Cluster redirections|Cluster isn't ready/;
const slotMovesWithinMs = 15_000;
const betweenTriesMs = 25;

/**
 * Sends one command, in the pipeline of this tick, and reads its reply. On a cluster a pipeline that meets a moving slot hands the
 * redirection to us: the command is then repeated alone, which ioredis redirects properly, until the slot has settled.
 */
export const send = async <T>(redis: RedisConnection, reply: z.ZodType<T>, command: string, ...args: Argument[]): Promise<T> =>
  parse(command, reply, await patiently(redis, () => call(redis, command, args)));

/** Repeats on a cluster whose slots move; elsewhere it only calls. */
export const patiently = async (redis: RedisConnection, attempt: () => Promise<unknown>): Promise<unknown> => {
  if (!isCluster(redis)) return attempt();
  const giveUpAt = performance.now() + slotMovesWithinMs;
  try {
    return await attempt();
  } catch (error) {
    if (!isRedirected(error)) throw error;
  }
  for (;;) {
    try {
      return await withoutPipeline(redis, attempt);
    } catch (error) {
      if (!isRedirected(error) || redis.status === 'end' || performance.now() > giveUpAt) throw error;
      await delay(betweenTriesMs);
    }
  }
};

const isRedirected = (error: unknown): boolean => error instanceof Error && redirected.test(error.message);

/** ioredis looks at the switch while the command is created, which happens before `attempt` first waits. */
const withoutPipeline = (redis: RedisConnection, attempt: () => Promise<unknown>): Promise<unknown> => {
  const before = redis.options.enableAutoPipelining;
  redis.options.enableAutoPipelining = false;
  try {
    return attempt();
  } finally {
    redis.options.enableAutoPipelining = before;
  }
};

/** Redis and Cluster have the same method; their overloads only do not unite. */
interface Caller {
  call(command: string, ...args: Argument[]): Promise<unknown>;
}

// Asynchronous, so that what ioredis throws while no slot is known is a rejection like any other.
const call = async (redis: Caller, command: string, args: Argument[]): Promise<unknown> => redis.call(command, ...args);

export const parse = <T>(command: string, reply: z.ZodType<T>, raw: unknown): T => {
  const parsed = reply.safeParse(raw);
  if (!parsed.success) throw new UnexpectedReplyError(command, z.prettifyError(parsed.error));
  return parsed.data;
};

/** Whose answer does not matter. */
export const AnyReply = z.unknown();
export const Count = z.coerce.number();
