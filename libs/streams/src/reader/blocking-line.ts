import { z } from 'zod';
import { readerBeside } from '../connect-redis.js';
import { RawEntries, type RawEntry } from '../entries.js';
import { inboxKey } from '../keys.js';
import { isCluster, type RedisConnection } from '../redis-connection.js';
import { AnyReply, parse, send } from '../send.js';

/** The connection said nothing for longer than the block allows: entries may be on their way to nowhere. */
export class DeafReaderError extends Error {
  override readonly name = 'DeafReaderError';

  constructor(
    readonly inbox: string,
    readonly silentMs: number,
  ) {
    super(`The reader of ${inbox} heard nothing for ${silentMs} ms; its connection is replaced and what it missed is claimed.`);
  }
}

export interface LineOptions {
  readonly redis: RedisConnection;
  readonly inbox: string;
  readonly group: string;
  readonly consumer: string;
  readonly blockMs: number;
  readonly deafAfterMs: number;
}

// One key was asked for. RESP2 answers a list of [key, entries], RESP3 through ioredis the pair itself, flat.
const ReadReply = z
  .union([
    z.tuple([z.tuple([z.string(), RawEntries])]).transform(([[, entries]]) => entries),
    z.tuple([z.string(), RawEntries]).transform(([, entries]) => entries),
  ])
  .nullable();

/** The blocking reads of one inbox. Whatever goes wrong, the read fails within its bound and the next one has a new connection. */
export class BlockingLine {
  private connection: RedisConnection | undefined;
  private clientId: Promise<number | undefined> = Promise.resolve(undefined);

  constructor(private readonly options: LineOptions) {}

  /** New entries, at most `count`, after at most one block or, when that is not 0, `withinMs`; none when there are none. */
  async read(count: number, withinMs = 0): Promise<RawEntry[]> {
    const connection = this.connection ?? this.open();
    const { inbox, group, consumer, blockMs } = this.options;
    const waitMs = withinMs > 0 ? Math.min(Math.ceil(withinMs), blockMs) : blockMs;
    const command = ['GROUP', group, consumer, 'COUNT', count, 'BLOCK', waitMs, 'STREAMS', inboxKey(inbox), '>'] as const;
    try {
      // Not `send`: a read that a moving slot interrupts is better given up than repeated behind our back.
      const reply = await this.heard(connection.call('xreadgroup', ...command), waitMs);
      return parse('xreadgroup', ReadReply, reply) ?? [];
    } catch (error) {
      if (!isNoGroup(error)) this.drop();
      throw error;
    }
  }

  /** Ends a read under way, so that stopping need not wait for the block to end. On a cluster it just ends by itself. */
  async interrupt(): Promise<void> {
    const id = await Promise.race([this.clientId, Promise.resolve().then(() => undefined)]);
    if (id !== undefined) await send(this.options.redis, AnyReply, 'client', 'UNBLOCK', id);
  }

  drop(): void {
    this.connection?.disconnect();
    this.connection = undefined;
    this.clientId = Promise.resolve(undefined);
  }

  private open(): RedisConnection {
    const connection = readerBeside(this.options.redis);
    this.connection = connection;
    if (!isCluster(connection)) {
      // Where CLIENT is forbidden the id stays unknown, and stopping waits for the block to end.
      this.clientId = connection.client('ID').then(
        (id) => id,
        () => undefined,
      );
    }
    return connection;
  }

  private async heard(reply: Promise<unknown>, waitMs: number): Promise<unknown> {
    const silentMs = waitMs + this.options.deafAfterMs;
    let timer: NodeJS.Timeout | undefined;
    const deaf = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DeafReaderError(this.options.inbox, silentMs)), silentMs);
    });
    try {
      return await Promise.race([reply, deaf]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The stream or its group is not there (any more), seen on reading, claiming or while blocked. */
export const isNoGroup = (error: unknown): boolean =>
  error instanceof Error && /^(NOGROUP|UNBLOCKED)|no such key/i.test(error.message);
