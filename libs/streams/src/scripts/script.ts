import type { z } from 'zod';
import type { RedisConnection } from '../redis-connection.js';
import { parse, patiently, type Argument } from '../send.js';

/** A Lua script over keys of one slot, sent by its hash; the server gets the text once per connection. */
export class Script<Reply> {
  constructor(
    readonly name: string,
    /** Undefined when each call says it, before its keys. */
    readonly numberOfKeys: number | undefined,
    readonly lua: string,
    private readonly reply: z.ZodType<Reply>,
  ) {}

  get definition(): { readonly lua: string; readonly numberOfKeys?: number } {
    const { lua, numberOfKeys } = this;
    return { lua, ...(numberOfKeys !== undefined && { numberOfKeys }) };
  }

  async run(redis: RedisConnection, ...args: Argument[]): Promise<Reply> {
    return parse(this.name, this.reply, await patiently(redis, async () => this.command(redis)(...args)));
  }

  private command(redis: RedisConnection): (...args: Argument[]) => Promise<unknown> {
    // A connection that was made elsewhere does not know the script yet.
    if (!(this.name in redis)) redis.defineCommand(this.name, this.definition);
    const command: unknown = Reflect.get(redis, this.name);
    if (typeof command !== 'function')
      throw new TypeError(`${this.name} is no command of this connection; pass a client made by ioredis.`);
    return (...args) => Reflect.apply(command, redis, args) as Promise<unknown>;
  }
}
