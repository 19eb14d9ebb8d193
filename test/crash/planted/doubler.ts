import { inboxKey } from '@inquest/streams';
import { Redis } from 'ioredis';
import { z } from 'zod';

const Reply = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(z.string())]))])).nullable();
const BLOCK_MS = 100;

/** Delivers every entry of an inbox a second time, at once. */
export class Doubler {
  private isOn = true;
  private readonly running: Promise<void>;

  constructor(
    redisUrl: string,
    private readonly inbox: string,
  ) {
    this.running = this.double(new Redis(redisUrl, { protocol: 2 }));
  }

  async stop(): Promise<void> {
    this.isOn = false;
    await this.running;
  }

  private async double(redis: Redis): Promise<void> {
    const key = inboxKey(this.inbox);
    const doubled = new Set<string>();
    let lastId = '$';
    while (this.isOn) {
      const entries = Reply.parse(await redis.call('XREAD', 'BLOCK', BLOCK_MS, 'STREAMS', key, lastId))?.[0]?.[1] ?? [];
      for (const [id, fields] of entries) {
        lastId = id;
        const copied = fields.join('\n');
        if (doubled.has(copied)) continue;
        doubled.add(copied);
        await redis.xadd(key, '*', ...fields);
      }
    }
    redis.disconnect();
  }
}
