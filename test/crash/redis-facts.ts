import { DEADLINES_KEY, sessionKey } from '@inquest/streams';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { placeOf, type StreamFact, type UnfinishedFact } from './facts.js';

const SESSIONS = 'aiops:agent:';
const INBOXES = 'aiops:inbox:';
/** Of one group: more would say no more. */
const PENDING_MAX = 1_000;

const RawEntry = z.tuple([z.string(), z.array(z.string())]);
const RawEntries = z.array(RawEntry);
const PendingRows = z.array(z.tuple([z.string(), z.string(), z.number(), z.number()]));
const Groups = z.array(z.array(z.union([z.string(), z.number(), z.null()])));
const GroupFields = z.object({ name: z.string(), pending: z.coerce.number(), 'last-delivered-id': z.string() });
type Group = z.infer<typeof GroupFields>;
const Said = z.object({ role: z.string(), round: z.number(), slot: z.string(), eventHash: z.string() });
const EntryFields = z.object({ seq: z.coerce.number(), type: z.string(), body: z.string() });

/** Reads Redis as it is, through no code of the product's. */
export class RedisFacts {
  constructor(private readonly redis: Redis) {}

  async nowMs(): Promise<number> {
    const [seconds = 0, micros = 0] = z.array(z.coerce.number()).parse(await this.redis.call('TIME'));
    return seconds * 1_000 + Math.floor(micros / 1_000);
  }

  /** The sessions that have a stream. */
  async sessionIds(): Promise<string[]> {
    return (await this.keys(`${SESSIONS}*`)).map((key) => key.slice(SESSIONS.length));
  }

  async deadlines(): Promise<ReadonlyMap<string, number>> {
    const flat = z.array(z.string()).parse(await this.redis.call('ZRANGE', DEADLINES_KEY, '0', '-1', 'WITHSCORES'));
    const pairs = flat.flatMap((value, index): [string, number][] => (index % 2 === 0 ? [[value, Number(flat[index + 1])]] : []));
    return new Map(pairs);
  }

  /** Null when there is no such stream. */
  async stream(sessionId: string): Promise<StreamFact[] | null> {
    const entries = RawEntries.parse(await this.redis.call('XRANGE', sessionKey(sessionId), '-', '+'));
    if (entries.length === 0 && (await this.redis.exists(sessionKey(sessionId))) === 0) return null;
    return entries.map(streamFact);
  }

  /** False only for a stream that is there and has no end. */
  async streamExpires(sessionId: string): Promise<boolean> {
    return (await this.redis.pttl(sessionKey(sessionId))) !== -1;
  }

  /** What the groups of a session's stream have not finished. */
  async unfinishedOf(sessionId: string): Promise<UnfinishedFact[]> {
    const key = sessionKey(sessionId);
    const perGroup = await Promise.all((await this.groups(key)).map((group) => this.pending(key, group)));
    return perGroup.flat().map((fact) => ({ ...fact, sessionId }));
  }

  /** What stands in the inboxes unread or unacknowledged, and how long they are. */
  async inboxes(): Promise<{ unfinished: UnfinishedFact[]; inboxes: { name: string; length: number }[] }> {
    const keys = await this.keys(`${INBOXES}*`);
    const inboxes = await Promise.all(
      keys.map(async (key) => ({ name: key.slice(INBOXES.length), length: await this.redis.xlen(key) })),
    );
    return { inboxes, unfinished: (await Promise.all(keys.map((key) => this.unfinishedIn(key)))).flat() };
  }

  private async unfinishedIn(key: string): Promise<UnfinishedFact[]> {
    const groups = await this.groups(key);
    const pending = (await Promise.all(groups.map((group) => this.pending(key, group)))).flat();
    const named = await Promise.all(pending.map(async (fact) => ({ ...fact, sessionId: await this.sessionOf(key, fact.id) })));
    const unread = await Promise.all(groups.map((group) => this.unread(key, group.name, group['last-delivered-id'])));
    const ungrouped = groups.length === 0 ? await this.unread(key, key.slice(INBOXES.length), '0-0') : [];
    return [...named, ...unread.flat(), ...ungrouped];
  }

  private async groups(key: string): Promise<Group[]> {
    if ((await this.redis.exists(key)) === 0) return [];
    return Groups.parse(await this.redis.call('XINFO', 'GROUPS', key)).map((flat) =>
      GroupFields.parse(fieldsOf(flat.map(String))),
    );
  }

  private async pending(key: string, { name, pending }: Group): Promise<UnfinishedFact[]> {
    if (pending === 0) return [];
    const rows = PendingRows.parse(await this.redis.call('XPENDING', key, name, '-', '+', PENDING_MAX));
    return rows.map(([id, consumer, , deliveries]) => ({ key, group: name, id, consumer, deliveries, sessionId: null }));
  }

  private async unread(key: string, group: string, after: string): Promise<UnfinishedFact[]> {
    const entries = RawEntries.parse(await this.redis.call('XRANGE', key, `(${after}`, '+', 'COUNT', PENDING_MAX));
    return entries.map(([id, flat]) => ({
      key,
      group,
      id,
      consumer: null,
      deliveries: 0,
      sessionId: fieldsOf(flat).session ?? null,
    }));
  }

  private async sessionOf(key: string, id: string): Promise<string | null> {
    const [entry] = RawEntries.parse(await this.redis.call('XRANGE', key, id, id));
    return entry ? (fieldsOf(entry[1]).session ?? null) : null;
  }

  private async keys(pattern: string): Promise<string[]> {
    const found = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== '0');
    return [...found];
  }
}

const fieldsOf = (flat: readonly string[]): Record<string, string> =>
  Object.fromEntries(flat.flatMap((value, index) => (index % 2 === 0 ? [[value, flat[index + 1] ?? '']] : [])));

const streamFact = ([streamId, flat]: z.infer<typeof RawEntry>): StreamFact => {
  const fields = EntryFields.safeParse(fieldsOf(flat));
  if (!fields.success) return { streamId, seq: 0, type: 'unreadable', place: '', eventHash: '' };
  const { seq, type, body } = fields.data;
  const said = Said.safeParse(jsonOf(body));
  if (!said.success) return { streamId, seq, type, place: '', eventHash: '' };
  return { streamId, seq, type, place: placeOf(said.data), eventHash: said.data.eventHash };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Then nothing is known of it, which its rule says.
  }
};
