import { startService, STREAM_GROUPS, type RunningService } from '@inquest/agent';
import { isTerminal, seal, type Message, type Published } from '@inquest/contracts';
import { migrate, openRecord, type Record as SessionRecord, type RecordedEvent } from '@inquest/record';
import {
  closeRedis,
  connectRedis,
  DeadLetters,
  InboxReader,
  sessionKey,
  SessionStreams,
  type DeadLetter,
  type InboxEntry,
  type PublishResult,
  type RedisConnection,
} from '@inquest/streams';
import {
  aCritique,
  aDiagnosis,
  anOpening,
  aPlan,
  aVerdict,
  freshDatabase,
  freshRedis,
  published,
  type FreshDatabase,
} from '@inquest/testing';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { RecorderModule } from './index.js';

/** Two recorders, each with connections of its own, on a Redis and a database that nobody else has. */
export class Harness {
  /** What the gateway does with a release; each test may have its own. */
  onRelease: (entry: InboxEntry) => Promise<void> = () => Promise.resolve();

  readonly streams: SessionStreams;
  /** Takes releases as the gateway would. */
  private readonly gateway: InboxReader;

  private constructor(
    readonly recorders: readonly RunningService[],
    readonly record: SessionRecord,
    readonly redis: RedisConnection,
    private readonly servers: { readonly redis: Awaited<ReturnType<typeof freshRedis>>; readonly database: FreshDatabase },
  ) {
    this.streams = new SessionStreams(redis, { groups: STREAM_GROUPS });
    this.gateway = new InboxReader({ redis, inbox: 'gateway', consumer: 'spec', handler: (entry) => this.onRelease(entry) });
    void this.gateway.run();
  }

  static async start(): Promise<Harness> {
    const [server, database] = await Promise.all([freshRedis(), freshDatabase()]);
    const { applicationUrl } = await migrate(database.url, {
      applicationRole: `rec_${randomBytes(5).toString('hex')}`,
      applicationPassword: 'spec',
    });
    Object.assign(process.env, {
      REDIS_URL: server.url,
      DATABASE_URL: applicationUrl,
      LOG_LEVEL: 'silent',
    });
    const recorders: RunningService[] = [];
    for (const name of ['recorder-1', 'recorder-2']) {
      process.env['INQUEST_CONSUMER'] = name;
      recorders.push(await startService(RecorderModule, { service: 'recorder', http: false }));
    }
    const record = await openRecord(applicationUrl, { name: 'spec' });
    const redis = connectRedis(server.url, { name: 'spec', onError: () => undefined });
    return new Harness(recorders, record, redis, { redis: server, database });
  }

  async close(): Promise<void> {
    await this.gateway.stop(1_000);
    await Promise.all(this.recorders.map((recorder) => recorder.close()));
    await this.record.close();
    await closeRedis(this.redis);
    await this.servers.redis.stop();
    await this.servers.database.drop();
  }

  /** One provider of each recorder. */
  partsOf<T>(token: new (...args: never[]) => T): T[] {
    return this.recorders.map(({ app }) => app.get<T>(token, { strict: false }));
  }

  /** That of the first recorder. */
  partOf<T>(token: new (...args: never[]) => T): T {
    const [part] = this.partsOf(token);
    if (!part) throw new Error('No recorder is running.');
    return part;
  }

  say(message: Message, to: readonly string[] = ['recorder']): Promise<PublishResult> {
    return this.streams.publish({
      sessionId: message.sessionId,
      key: `${message.role}:${message.round}:${message.slot}`,
      type: message.type,
      role: message.role,
      body: JSON.stringify(message),
      to,
      opens: message.type === 'session.opened',
      closes: message.slot === 'decision',
    });
  }

  ended(sessionId: string): Promise<Published> {
    return until(`session ${sessionId} is ended on record`, async () =>
      (await this.record.sessions.messages(sessionId)).find(({ message }) => message.slot === 'decision'),
    );
  }

  /** What ended the session, readable or not. */
  async terminalOf(sessionId: string): Promise<RecordedEvent | undefined> {
    return (await this.record.sessions.events(sessionId)).find(({ envelope }) => isTerminal(envelope.type));
  }

  async pendingIn(key: string, group: string): Promise<number> {
    const [count] = await this.redis.xpending(key, group);
    return Number(count);
  }

  /** Seconds that the ended session's stream still has. */
  expiring(sessionId: string): Promise<number> {
    return until('the keys expire', async () => {
      const ttl = await this.redis.ttl(sessionKey(sessionId));
      return ttl > 0 && ttl;
    });
  }

  letters(): Promise<readonly DeadLetter[]> {
    return new DeadLetters(this.redis).list();
  }

  letterOf(session: string): Promise<DeadLetter> {
    return until(`a dead letter of ${session}`, async () =>
      (await this.letters()).find(({ fields }) => fields['session'] === session),
    );
  }
}

export const decision = (sessionId: string, incidentId: string, causes: readonly Message[]): Message => {
  const undecided = published('session.failed', { code: 'unreadable', reason: 'spec', detail: '' }, { sessionId, causes });
  return { ...undecided.message, incidentId };
};

/** Six messages; the last one is terminal and rests on all others. */
export const debate = (sessionId = v7()): Message[] => {
  const opened = published('session.opened', anOpening(), { sessionId }).message;
  const diagnosis = published('diagnosis.reported', aDiagnosis(), { sessionId, causes: [opened] }).message;
  const plan = published('plan.proposed', aPlan(), { sessionId, causes: [diagnosis] }).message;
  const verdict = published('verdict.given', aVerdict(), { sessionId, causes: [plan] }).message;
  const critique = published('critique.raised', aCritique(), { sessionId, causes: [plan] }).message;
  const said = [opened, diagnosis, plan, verdict, critique];
  return [...said, decision(sessionId, opened.incidentId, said)];
};

export const poisonedCopy = (message: Message): Message =>
  ({ ...message, data: { ...message.data, summary: 'half a pair: \ud800' } }) as Message;

/** Its envelope is sound and its data is none that this version knows. */
export const ofAnotherVersion = (message: Message): Message =>
  seal({ ...message, data: { hello: 1 } } as unknown as Parameters<typeof seal>[0]);

/** As it would be handed out by the reader. */
export const handedOut = (message: Message, fields: Partial<InboxEntry> = {}): InboxEntry => ({
  inbox: 'recorder',
  inboxId: `${Date.now()}-0`,
  session: message.sessionId,
  id: `${Date.now()}-0`,
  seq: 1,
  type: message.type,
  body: JSON.stringify(message),
  traceparent: null,
  said: [],
  deliveries: 1,
  ...fields,
});

export const until = async <T>(what: string, look: () => Promise<T | undefined | false>, withinMs = 15_000): Promise<T> => {
  const endsAt = Date.now() + withinMs;
  while (Date.now() < endsAt) {
    const seen = await look();
    if (seen) return seen;
    await delay(10);
  }
  throw new Error(`Still not so after ${withinMs} ms: ${what}`);
};
