import { z } from 'zod';
import { fieldsOf, RawEntries, type RawEntry } from '../entries.js';
import { inboxKey } from '../keys.js';
import type { RedisConnection } from '../redis-connection.js';
import { leaveScript, trimScript } from '../scripts/index.js';
import { AnyReply, send } from '../send.js';

/** An entry as Redis hands it out, and how often it has done so. */
export interface Handout {
  readonly raw: RawEntry;
  readonly deliveries: number;
}

export interface Peer {
  readonly consumer: string;
  readonly pending: number;
  readonly idleMs: number;
}

const PendingRows = z.array(z.tuple([z.string(), z.string(), z.coerce.number(), z.coerce.number()]));
// The third element, ids whose entries are deleted, came with 7.0.
const AutoClaimed = z.union([z.tuple([z.string(), RawEntries, z.array(z.string())]), z.tuple([z.string(), RawEntries])]);
const Consumers = z.array(z.array(z.union([z.string(), z.number(), z.null()])));
const PeerFields = z.object({ name: z.string(), pending: z.coerce.number(), idle: z.coerce.number() });

export const START = '0-0';

/** One consumer's view of its group on one inbox: every command it needs, one round trip each unless said otherwise. */
export class InboxGroup {
  private readonly key: string;

  constructor(
    private readonly redis: RedisConnection,
    private readonly inbox: string,
    private readonly group: string,
    readonly consumer: string,
  ) {
    this.key = inboxKey(inbox);
  }

  /** Creates the group if it is missing, at 0: what was written before it existed is delivered too. True when it was missing. */
  async ensure(): Promise<boolean> {
    try {
      await send(this.redis, AnyReply, 'xgroup', 'CREATE', this.key, this.group, '0', 'MKSTREAM');
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('BUSYGROUP')) return false;
      throw error;
    }
  }

  async acknowledge(inboxIds: readonly string[]): Promise<void> {
    await send(this.redis, AnyReply, 'xack', this.key, this.group, ...inboxIds);
  }

  /**
   * Takes over what a consumer has pending and `except` does not name, at most `limit` entries idle for at least `minIdleMs`. Two
   * round trips. Two claimers at once do not both get an entry, because the first claim makes it busy again.
   */
  async claimFrom(consumer: string, limit: number, minIdleMs: number, except: ReadonlySet<string>): Promise<Claim> {
    const rows = await send(this.redis, PendingRows, 'xpending', this.key, this.group, '-', '+', limit + except.size, consumer);
    const wanted = rows.filter(([id, , idleMs]) => idleMs >= minIdleMs && !except.has(id)).slice(0, limit);
    if (wanted.length === 0) return { handouts: [], vanished: [] };
    const ids = wanted.map(([id]) => id);
    const raws = await send(this.redis, RawEntries, 'xclaim', this.key, this.group, this.consumer, minIdleMs, ...ids);
    const deliveries = new Map(wanted.map(([id, , , count]) => [id, count + 1]));
    const vanished = await this.vanishedAmong(ids.filter((id) => !raws.some(([claimed]) => claimed === id)));
    return { handouts: handouts(raws, deliveries), vanished };
  }

  /** The net below: whatever has been idle for long, whoever had it. `cursor` continues where the last call ended. Two round trips. */
  async claimAbandoned(cursor: string, limit: number, minIdleMs: number): Promise<Claim & { readonly cursor: string }> {
    const args = [this.key, this.group, this.consumer, minIdleMs, cursor, 'COUNT', limit] as const;
    const [next, raws, vanished = []] = await send(this.redis, AutoClaimed, 'xautoclaim', ...args);
    const [first] = raws;
    const last = raws.at(-1);
    if (!first || !last) return { cursor: next, handouts: [], vanished };
    const rows = await send(this.redis, PendingRows, 'xpending', this.key, this.group, first[0], last[0], limit, this.consumer);
    return { cursor: next, vanished, handouts: handouts(raws, new Map(rows.map(([id, , , count]) => [id, count]))) };
  }

  /** Entries that take long stay ours: claiming them again makes them busy and, by JUSTID, counts no delivery. */
  async renew(inboxIds: readonly string[]): Promise<void> {
    await send(this.redis, AnyReply, 'xclaim', this.key, this.group, this.consumer, '0', ...inboxIds, 'JUSTID');
  }

  async peers(): Promise<Peer[]> {
    const consumers = await send(this.redis, Consumers, 'xinfo', 'CONSUMERS', this.key, this.group);
    return consumers.map((flat) => {
      const { name, pending, idle } = PeerFields.parse(fieldsOf(flat.map(String)));
      return { consumer: name, pending, idleMs: idle };
    });
  }

  /** Drops what all have finished; answers how many entries that were. */
  async trim(): Promise<number> {
    return trimScript.run(this.redis, this.key);
  }

  /** Strikes a consumer off, unless it still has entries. */
  async strikeOff(consumer: string): Promise<boolean> {
    return (await leaveScript.run(this.redis, this.key, this.group, consumer)) === 1;
  }

  /** Redis drops a claimed id without a word when its entry is deleted; another claimer may also have been faster. */
  private async vanishedAmong(inboxIds: readonly string[]): Promise<string[]> {
    const found = await Promise.all(inboxIds.map((id) => send(this.redis, RawEntries, 'xrange', this.key, id, id)));
    return inboxIds.filter((_, index) => found[index]?.length === 0);
  }
}

export interface Claim {
  readonly handouts: readonly Handout[];
  /** Announced, but deleted since. */
  readonly vanished: readonly string[];
}

const handouts = (raws: readonly RawEntry[], deliveries: ReadonlyMap<string, number>): Handout[] =>
  raws.map((raw) => ({ raw, deliveries: deliveries.get(raw[0]) ?? 2 }));
