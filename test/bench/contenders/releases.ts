import { closeRedis, connectRedis, type RedisConnection } from '@inquest/streams';
import { z } from 'zod';

const INBOX = 'aiops:inbox:gateway';
const GIVE_UP_MS = 60_000;

const Reply = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(z.string())]))])).nullable();

/**
 * Hears which decisions may be read: releases are announced to the gateways after the row is committed, and from then on anybody's
 * `GET` answers with the decision. It listens beside the gateways' consumer group and takes nothing away from it.
 */
export class Releases {
  private readonly waiting = new Map<string, () => void>();
  /** Released before anybody asked: the answer to the request may come later than the decision. */
  private readonly early = new Set<string>();
  private stopped = false;
  private readonly listening: Promise<void>;

  private constructor(private readonly redis: RedisConnection) {
    this.listening = this.listen();
  }

  static async listen(redisUrl: string): Promise<Releases> {
    const redis = connectRedis(redisUrl, { name: 'bench-releases' });
    await redis.ping();
    return new Releases(redis);
  }

  of(sessionId: string): Promise<void> {
    if (this.early.delete(sessionId)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Session ${sessionId} had no decision after 60 s.`)), GIVE_UP_MS);
      this.waiting.set(sessionId, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.listening;
    await closeRedis(this.redis);
  }

  private async listen(): Promise<void> {
    let after = '0-0';
    while (!this.stopped) {
      const raw: unknown = await this.redis.xread('COUNT', 500, 'BLOCK', 500, 'STREAMS', INBOX, after);
      for (const [id, fields] of Reply.parse(raw)?.[0]?.[1] ?? []) {
        after = id;
        this.released(fields[fields.indexOf('session') + 1] ?? '');
      }
    }
  }

  private released(sessionId: string): void {
    const waiting = this.waiting.get(sessionId);
    this.waiting.delete(sessionId);
    if (waiting) waiting();
    else this.early.add(sessionId);
  }
}
