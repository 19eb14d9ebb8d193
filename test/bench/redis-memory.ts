import { closeRedis, connectRedis, type RedisConnection } from '@inquest/streams';
import { setTimeout as pause } from 'node:timers/promises';
import { warmUp } from './measure.js';
import type { Running } from './contender.js';
import type { BenchServers } from './servers.js';

export interface RedisMemory {
  /** Bytes that Redis uses for a session that has ended and is kept for a while. */
  readonly bytesPerSession: number;
  /** Bytes of its messages. */
  readonly payloadBytes: number;
  readonly ratio: number;
}

const SAMPLE = 200;
const INBOXES_EMPTY_WITHIN_MS = 30_000;

/** By what `count` debates add to Redis' memory, after the inboxes are trimmed. */
export const redisMemory = async (running: Running, servers: BenchServers, count: number): Promise<RedisMemory> => {
  const redis = connectRedis(servers.redisUrl, { name: 'bench-memory' });
  try {
    await warmUp(running, 200, 16);
    await untilTrimmed(redis);
    const before = await usedBytes(redis);
    await warmUp(running, count, 16);
    await untilTrimmed(redis);
    const bytesPerSession = ((await usedBytes(redis)) - before) / count;
    const payloadBytes = await payload(redis);
    return { bytesPerSession, payloadBytes, ratio: bytesPerSession / payloadBytes };
  } finally {
    await closeRedis(redis);
  }
};

/** Without what is the log's and the clients': buffers that come and go. */
const usedBytes = async (redis: RedisConnection): Promise<number> => {
  const [, bytes] = /^used_memory_dataset:(\d+)/m.exec(String(await redis.info('memory'))) ?? [];
  if (bytes === undefined) throw new Error('INFO memory has no used_memory_dataset.');
  return Number(bytes);
};

const untilTrimmed = async (redis: RedisConnection): Promise<void> => {
  const giveUpAt = performance.now() + INBOXES_EMPTY_WITHIN_MS;
  for (;;) {
    const inboxes = await redis.keys('aiops:inbox:*');
    const lengths = await Promise.all(inboxes.map((inbox) => redis.xlen(inbox)));
    if (lengths.every((length) => length <= 200)) return;
    if (performance.now() > giveUpAt) throw new Error(`The inboxes are not trimmed: ${lengths.join(', ')} entries.`);
    await pause(200);
  }
};

const payload = async (redis: RedisConnection): Promise<number> => {
  const streams = (await redis.keys('aiops:agent:*')).filter((key) => !key.endsWith(':answers')).slice(0, SAMPLE);
  let [bytes, sessions] = [0, 0];
  for (const stream of streams) {
    if ((await redis.type(stream)) !== 'stream') continue;
    sessions += 1;
    for (const [, fields] of await redis.xrange(stream, '-', '+'))
      bytes += Buffer.byteLength(fields[fields.indexOf('body') + 1] ?? '');
  }
  return bytes / Math.max(1, sessions);
};
