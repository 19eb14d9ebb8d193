import { DecisionPackage, Message, type EvidenceSnapshot, type Incident } from '@inquest/contracts';
import { migrate } from '@inquest/record';
import { closeRedis, connectRedis } from '@inquest/streams';
import { startProcesses, type Processes, type ProcessesOptions } from '@inquest/standalone';
import { FakeAnthropic, freshDatabase, freshRedis } from '@inquest/testing';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { z } from 'zod';

const TOKEN = 'e2e-token';

export interface SystemOptions extends Pick<ProcessesOptions, 'replicas' | 'onLine' | 'bundled'> {
  /** Roles answer by a model, played by the fake of its HTTP API. */
  readonly model?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of a Redis of its own, e.g. a cluster's; it stays when the system stops. */
  readonly redisUrl?: string;
  /** Instead of a database of its own on the shared server, as superuser; its server may then be harmed. */
  readonly databaseUrl?: string;
  /** Of the application role. */
  readonly databasePassword?: string;
}

const Row = z.object({
  agent_role: z.string(),
  type: z.string(),
  seq: z.number(),
  mind: z.string(),
  degraded: z.boolean(),
  on_behalf_of: z.string().nullable(),
  vote: z.string().nullable(),
  trace_id: z.string().nullable(),
  output_json: z.unknown(),
});
export type Row = z.infer<typeof Row>;

/** The whole of Inquest as separate processes on a Redis and a database of its own. */
export class System {
  private constructor(
    readonly processes: Processes,
    readonly redisUrl: string,
    /** As superuser. */
    readonly databaseUrl: string,
    readonly model: FakeAnthropic | undefined,
    private readonly pool: Pool,
    private readonly release: () => Promise<void>,
  ) {}

  static async start({
    replicas = 1,
    model: withModel = false,
    env = {},
    redisUrl,
    databaseUrl,
    databasePassword = 'secret',
    onLine,
    bundled = true,
  }: SystemOptions = {}): Promise<System> {
    const [redis, database] = await Promise.all([
      redisUrl ? foreign(redisUrl) : freshRedis(),
      databaseUrl ? foreign(databaseUrl) : freshDatabase(),
    ]);
    // Roles belong to the server, not to a database, so each system brings one of its own.
    const applicationRole = `app_${randomUUID().slice(0, 8)}`;
    const { applicationUrl } = await migrate(database.url, { applicationRole, applicationPassword: databasePassword });
    const model = withModel ? await FakeAnthropic.start() : undefined;
    const processes = await startProcesses({
      replicas,
      bundled,
      ...(onLine && { onLine }),
      env: {
        REDIS_URL: redis.url,
        DATABASE_URL: applicationUrl,
        INQUEST_TOKENS: `e2e:admin:${createHash('sha256').update(TOKEN).digest('hex')}`,
        INQUEST_RATE_PER_MINUTE: '1000000',
        OTEL_TRACES_SAMPLER_ARG: '1',
        LOG_LEVEL: 'warn',
        ...(model && { ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url }),
        ...env,
      },
    });
    const pool = new Pool({ connectionString: database.url, max: 4 });
    // A server that a test harms drops idle connections; the next query gets a new one.
    pool.on('error', () => undefined);
    return new System(processes, redis.url, database.url, model, pool, async () => {
      await processes.stop();
      await pool.end();
      await model?.stop();
      await Promise.all([redis.stop(), database.drop()]);
    });
  }

  stop(): Promise<void> {
    return this.release();
  }

  /** Hands an incident in and answers the id of its session. */
  async open(incident: Partial<Incident> = {}, evidence?: Partial<EvidenceSnapshot>, gateway = 0): Promise<string> {
    const body = {
      incident: {
        source: 'e2e',
        fingerprint: randomUUID(),
        title: 'checkout-api restarts',
        startsAt: new Date().toISOString(),
        severity: 'critical',
        ...incident,
      },
      evidence,
    };
    const response = await this.request('/v1/incidents', { method: 'POST', body: JSON.stringify(body) }, gateway);
    if (response.status !== 202) throw new Error(`expected 202, got ${response.status}: ${await response.text()}`);
    return z.object({ sessionId: z.string() }).parse(await response.json()).sessionId;
  }

  request(path: string, init: RequestInit = {}, gateway = 0): Promise<Response> {
    const url = this.processes.urls('gateway')[gateway];
    return fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...init.headers },
    });
  }

  /** The session's rows, in order. */
  async rows(sessionId: string): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>('select * from agent_sessions where session_id = $1 order by seq', [sessionId]);
    return z.array(Row).parse(rows);
  }

  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.pool.query(sql, parameters).then(({ rows }) => rows as T[]);
  }

  /** Loses everything that Redis holds, in one instant. */
  async flushRedis(): Promise<void> {
    const redis = connectRedis(this.redisUrl, { name: 'e2e' });
    await redis.flushall();
    await closeRedis(redis);
  }

  /** Waits until somebody has said something of this type. */
  async heard(sessionId: string, type: Message['type'], withinMs = 40_000): Promise<Row> {
    const end = Date.now() + withinMs;
    while (Date.now() < end) {
      const row = (await this.rows(sessionId)).find((said) => said.type === type);
      if (row) return row;
      await pause(20);
    }
    const said = (await this.rows(sessionId)).map((row) => row.type);
    throw new Error(`session ${sessionId} had no ${type} after ${withinMs} ms; it has ${said.join(', ') || 'no rows'}`);
  }

  async decided(sessionId: string, withinMs?: number): Promise<DecisionPackage> {
    return DecisionPackage.parse((await this.heard(sessionId, 'decision.made', withinMs)).output_json);
  }
}

const foreign = (url: string) => ({ url, stop: () => Promise.resolve(), drop: () => Promise.resolve() });
