import { inboxKey } from '@inquest/streams';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { z } from 'zod';
import type { Places } from './evidence.js';
import type { History } from './history.js';

const INBOX = inboxKey('gateway');
const START = '0-0';
const BLOCK_MS = 500;
const COUNT = 100;
const ANSWER_MS = 3_000;
const RECONNECT_MS = 50;

const Reply = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(z.string())]))])).nullable();
/** Names and values in turn; the last values are whole entries, which are of no interest here. */
const StreamInfo = z.array(z.unknown()).transform((flat) => flat.map((value) => (typeof value === 'string' ? value : '')));
const Release = z.object({ sessionId: z.uuid(), eventHash: z.string() });
type Release = z.infer<typeof Release>;

/**
 * Reads the releases beside the gateway, as a member of no group, and asks Postgres for each at once whether its row is
 * committed. Goes on through restarts, failovers and flushes; it may miss releases while Redis is away, and invents none.
 */
export class Observer {
  private readonly stopping = new AbortController();
  private readonly pool: Pool;
  private readonly running: Promise<void>;
  private redis: Redis | undefined;
  private lastId = START;

  private constructor(
    private readonly places: Places,
    private readonly history: History,
  ) {
    this.pool = new Pool({
      connectionString: places.databaseUrl,
      max: 2,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      application_name: 'observer',
    });
    this.pool.on('error', () => undefined); // Postgres is killed on purpose; the next question has a new connection.
    this.running = this.watch();
  }

  /** `places.redisUrl` is looked at for every new connection, so a failover may change it. */
  static async start(places: Places, history: History): Promise<Observer> {
    return new Observer(places, history);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.redis?.disconnect();
    await this.running;
    await this.pool.end();
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.look();
      } catch {
        // Redis is away, or elsewhere by now.
        this.redis?.disconnect();
        this.redis = undefined;
        await pause(RECONNECT_MS);
      }
    }
  }

  private async look(): Promise<void> {
    const redis = (this.redis ??= this.connect());
    const reply = Reply.parse(await redis.call('XREAD', 'COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', INBOX, this.lastId));
    const entries = reply?.[0]?.[1] ?? [];
    if (entries.length === 0) return this.noticeFlush(redis);
    await this.note(entries.flatMap(([, fields]) => releaseIn(fields)));
    this.lastId = entries.at(-1)?.[0] ?? this.lastId;
  }

  /** A stream that began anew may count from before what we have read. */
  private async noticeFlush(redis: Redis): Promise<void> {
    const facts = (await redis.exists(INBOX)) === 0 ? [] : StreamInfo.parse(await redis.call('XINFO', 'STREAM', INBOX));
    const newest = facts[facts.indexOf('last-generated-id') + 1] ?? START;
    if (isBefore(newest, this.lastId)) this.lastId = START;
  }

  private async note(releases: readonly Release[]): Promise<void> {
    if (releases.length === 0) return;
    const onRecord = await this.committed(releases);
    const atMs = Date.now();
    for (const { sessionId, eventHash } of releases)
      this.history.released({ sessionId, eventHash, wasRecorded: onRecord?.has(eventHash) ?? null, atMs });
  }

  /** Hashes of the ends that are committed; null when Postgres did not say. */
  private async committed(releases: readonly Release[]): Promise<ReadonlySet<string> | null> {
    const sessions = releases.map(({ sessionId }) => sessionId);
    try {
      const { rows } = await this.pool.query<{ event_hash: string }>({
        name: 'ends-of',
        text: `SELECT event_hash FROM agent_sessions
                WHERE session_id = ANY ($1::uuid[]) AND type IN ('decision.made', 'session.failed')`,
        values: [sessions],
      });
      return new Set(rows.map(({ event_hash: eventHash }) => eventHash));
    } catch {
      return null;
    }
  }

  private connect(): Redis {
    const redis = new Redis(this.places.redisUrl, {
      protocol: 2,
      connectionName: 'observer',
      connectTimeout: ANSWER_MS,
      commandTimeout: ANSWER_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    redis.on('error', () => undefined); // The read under way says so too.
    return redis;
  }
}

const releaseIn = (fields: readonly string[]): Release[] => {
  const body = fields[fields.indexOf('body') + 1];
  const release = Release.safeParse(body === undefined ? undefined : jsonOf(body));
  return release.success ? [release.data] : [];
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not a release, which is what the caller asks about.
  }
};

const isBefore = (left: string, right: string): boolean => {
  const [leftMs = 0, leftSeq = 0] = left.split('-').map(Number);
  const [rightMs = 0, rightSeq = 0] = right.split('-').map(Number);
  return leftMs < rightMs || (leftMs === rightMs && leftSeq < rightSeq);
};
