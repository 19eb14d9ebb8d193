import { setTimeout as delay } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@inquest/servers';
import { connectRedis, closeRedis } from './connect-redis.js';
import { DeadLetters } from './dead-letters.js';
import type { Publication } from './publication.js';
import { InboxReader, type InboxReaderOptions } from './reader/inbox-reader.js';
import type { RedisConnection } from './redis-connection.js';
import { SessionStreams } from './session-streams.js';

export const GROUPS = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'recorder'];

/** A Redis of its own for one spec file, and everything that has to be ended with it. */
export class Bench {
  readonly redis: RedisConnection;
  readonly streams: SessionStreams;
  readonly deadLetters: DeadLetters;
  private readonly endings: (() => Promise<unknown>)[] = [];
  private readers: InboxReader[] = [];

  private constructor(readonly server: { readonly url: string; stop(): Promise<void> }) {
    this.redis = this.connect();
    this.streams = new SessionStreams(this.redis, { groups: GROUPS });
    this.deadLetters = new DeadLetters(this.redis);
  }

  static async start(): Promise<Bench> {
    const url = process.env['STREAMS_TEST_REDIS_URL'];
    return url ? Bench.on(url) : Bench.startOwn();
  }

  /** For specs that kill the server: never the one that STREAMS_TEST_REDIS_URL names. */
  static async startOwn(): Promise<Bench & { server: RedisServer }> {
    const server = await startRedis();
    return Object.assign(new Bench(server), { server });
  }

  static on(url: string): Bench {
    return new Bench({ url, stop: () => Promise.resolve() });
  }

  connect(url = this.server.url): RedisConnection {
    const redis = connectRedis(url, { name: 'spec', onError: () => undefined });
    this.endings.push(() => closeRedis(redis));
    return redis;
  }

  /** A reader that runs; impatient, so that specs are quick. */
  read(options: Partial<InboxReaderOptions> & { inbox: string }): InboxReader {
    const quick = { consumer: 'first', blockMs: 300, heartbeatMs: 50, aliveForMs: 200, claimAfterMs: 3_000, retryDelayMs: 20 };
    const reader = new InboxReader({ redis: this.redis, ...quick, ...options });
    void reader.run();
    this.readers.push(reader);
    return reader;
  }

  atEnd(ending: () => Promise<unknown>): void {
    this.endings.unshift(ending);
  }

  /** Nothing of the spec before is left: no reader, no key. */
  async empty(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop(0)));
    this.readers = [];
    await this.redis.call('FLUSHALL');
  }

  async end(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop(0)));
    for (const ending of this.endings) await ending();
    await this.server.stop();
  }

  async call(...command: [string, ...(string | number)[]]): Promise<unknown> {
    const [name, ...args] = command;
    return (this.redis as { call(name: string, ...args: (string | number)[]): Promise<unknown> }).call(name, ...args);
  }

  async pending(key: string, group: string): Promise<number> {
    const [count] = (await this.call('XPENDING', key, group)) as [number];
    return count;
  }
}

/** Waits for a fact, never for a duration. */
export const until = async (fact: () => Promise<boolean> | boolean, what = 'the fact', withinMs = 15_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await delay(10);
  }
};

export const opening = (sessionId: string, over: Partial<Publication> = {}): Publication => ({
  ...{ sessionId, key: 'gateway:1:opened', type: 'session.opened', role: 'gateway', body: '{"said":"opened"}' },
  ...{ to: ['diagnostician', 'recorder'], opens: true, ...over },
});

export const diagnosis = (sessionId: string, over: Partial<Publication> = {}): Publication => ({
  ...{
    sessionId,
    key: 'diagnostician:1:answer',
    type: 'diagnosis.reported',
    role: 'diagnostician',
    body: '{"said":"diagnosis"}',
  },
  ...{ to: ['solver', 'recorder'], ...over },
});

export const decision = (sessionId: string, over: Partial<Publication> = {}): Publication => ({
  ...{ sessionId, key: 'coordinator:1:decision', type: 'decision.made', role: 'coordinator', body: '{"said":"decision"}' },
  ...{ to: ['recorder'], closes: true, ...over },
});

/** Resolves when told to. */
export const gate = (): { opened: Promise<void>; open: () => void } => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};
