import { openRecord, type Record as SessionRecord } from '@inquest/record';
import { DeadLetters, entryTimeMs, type DeadLetter } from '@inquest/streams';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { bornAtMs, type SessionFacts, type WorldFacts } from './facts.js';
import type { History } from './history.js';
import { RecordFacts } from './record-facts.js';
import { RedisFacts } from './redis-facts.js';

/** Where the truth is looked up: directly, past every proxy, and in Postgres as superuser. */
export interface Places {
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** Sessions read side by side, on half as many connections: each session also asks Redis. */
const AT_ONCE = 16;
const LETTERS_PER_READ = 500;

/** All that can be known after a drill, read once. Sessions come one by one, so that memory does not grow with their number. */
export class Evidence {
  private constructor(
    private readonly redis: Redis,
    private readonly pool: Pool,
    private readonly record: SessionRecord,
    private readonly history: History,
    private readonly sinceMs: number,
  ) {}

  static async open({ redisUrl, databaseUrl }: Places, history: History, sinceMs: number): Promise<Evidence> {
    const record = await openRecord(databaseUrl, { max: AT_ONCE / 2, name: 'oracle' });
    const pool = new Pool({ connectionString: databaseUrl, max: 2, application_name: 'oracle' });
    const redis = new Redis(redisUrl, { protocol: 2, enableAutoPipelining: true, connectionName: 'oracle' });
    return new Evidence(redis, pool, record, history, sinceMs);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await Promise.all([this.pool.end(), this.record.close()]);
  }

  async world(): Promise<WorldFacts> {
    const redis = new RedisFacts(this.redis);
    const [nowMs, { unfinished, inboxes }, letters, { findings }] = await Promise.all([
      redis.nowMs(),
      redis.inboxes(),
      this.letters(),
      this.record.ledger.verify(),
    ]);
    const { faults, acceptances } = this.history;
    return { nowMs, faults, acceptances, unfinished, inboxes, letters, ledger: findings };
  }

  async *sessions(letters: readonly DeadLetter[]): AsyncGenerator<SessionFacts> {
    const redis = new RedisFacts(this.redis);
    const record = new RecordFacts(this.pool, this.record);
    // Before the rest: what had ended by then must have left everything that is looked at afterwards.
    const ends = await record.ends();
    const [incidents, open, poisoned, deadlines, strangers, streams] = await Promise.all([
      record.incidents(),
      record.openSessions(),
      record.poisonedSeqs(),
      redis.deadlines(),
      record.strangers(),
      redis.sessionIds(),
    ]);
    const acceptances = bySession(this.history.acceptances);
    const releases = bySession(this.history.releases);
    const acts = bySession(this.history.acts);
    const buried = bySession(letters.map((letter) => ({ ...letter, sessionId: letter.fields.session ?? '' })));
    const ids = new Set([...incidents.keys(), ...acceptances.keys(), ...open, ...strangers, ...streams]);
    const factsOf = async (sessionId: string): Promise<SessionFacts> => {
      const [rows, stream, streamExpires, unfinished] = await Promise.all([
        record.events(sessionId),
        redis.stream(sessionId),
        redis.streamExpires(sessionId),
        redis.unfinishedOf(sessionId),
      ]);
      return {
        sessionId,
        incident: incidents.get(sessionId) ?? null,
        acceptances: acceptances.get(sessionId) ?? [],
        rows,
        endedAtMs: ends.get(sessionId) ?? null,
        stream,
        streamExpires,
        unfinished,
        isInOpenSessions: open.has(sessionId),
        deadlineAtMs: deadlines.get(sessionId) ?? null,
        poisonedSeqs: poisoned.get(sessionId) ?? [],
        letters: buried.get(sessionId) ?? [],
        releases: releases.get(sessionId) ?? [],
        acts: acts.get(sessionId) ?? [],
      };
    };
    const wanted = [...ids].filter((id) => (incidents.get(id)?.acceptedAtMs ?? bornAtMs(id)) >= this.sinceMs);
    for (let start = 0; start < wanted.length; start += AT_ONCE)
      yield* await Promise.all(wanted.slice(start, start + AT_ONCE).map(factsOf));
  }

  private async letters(): Promise<DeadLetter[]> {
    const deadLetters = new DeadLetters(this.redis);
    const found: DeadLetter[] = [];
    for (;;) {
      const after = found.at(-1)?.id;
      const some = await deadLetters.list({ limit: LETTERS_PER_READ, ...(after !== undefined && { after }) });
      found.push(...some);
      if (some.length < LETTERS_PER_READ) return found.filter(({ id }) => entryTimeMs(id) >= this.sinceMs);
    }
  }
}

const bySession = <T extends { readonly sessionId: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(one.sessionId, [...(found.get(one.sessionId) ?? []), one]);
  return found;
};
