import { migrate, openRecord, type Record as SessionRecord } from '@inquest/record';
import { HealthRegistry, STREAM_GROUPS } from '@inquest/agent';
import { connectRedis, SessionStreams, type RedisConnection } from '@inquest/streams';
import { freshDatabase, freshRedis } from '@inquest/testing';
import type { Express } from 'express';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { startGateway } from './start-gateway.js';

export const TOKENS = { viewer: 'viewer-token-1', operator: 'operator-token-1', admin: 'admin-token-1' } as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Harness {
  readonly url: string;
  readonly redisUrl: string;
  readonly record: SessionRecord;
  readonly redis: RedisConnection;
  readonly streams: SessionStreams;
  /** Every route that the running application serves, documentation included, e.g. `GET /v1/sessions/:id`. */
  routes(): string[];
  /** Sends JSON, text as it is. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stopRedis(): Promise<void>;
  startRedis(): Promise<void>;
  /** What SIGTERM does; `close` may follow. */
  stopGateway(): Promise<void>;
  close(): Promise<void>;
}

/** What Express keeps of its routes. */
const Stack = z.array(
  z.object({
    route: z
      .object({ path: z.string(), methods: z.record(z.string(), z.boolean()) })
      .optional()
      .catch(undefined),
  }),
);

const routesOf = ({ router }: { readonly router: { readonly stack: unknown } }): string[] =>
  Stack.parse(router.stack).flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => `${method.toUpperCase()} ${route?.path}`),
  );

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A gateway of its own on real servers, without any other service: what is recorded, the spec records. */
export const startHarness = async (environment: Record<string, string> = {}, start = startGateway): Promise<Harness> => {
  const [redisServer, database] = await Promise.all([freshRedis(), freshDatabase()]);
  const { applicationUrl } = await migrate(database.url, { applicationPassword: 'spec' });
  Object.assign(process.env, {
    REDIS_URL: redisServer.url,
    DATABASE_URL: applicationUrl,
    INQUEST_TOKENS: (['viewer', 'operator', 'admin'] as const)
      .map((role) => `${role}-1:${role}:${hashOf(TOKENS[role])}`)
      .join(','),
    PORT: '0',
    LOG_LEVEL: 'fatal',
    // Nobody records here, so its inbox grows old; only an entry as old as the hills is too old.
    INQUEST_RECORDER_LAG_MS: '600000',
    ...environment,
  });
  const gateway = await start();
  let stopped: Promise<void> | undefined;
  const stopGateway = () => {
    gateway.app.get(HealthRegistry, { strict: false }).beginShutdown();
    return (stopped ??= gateway.close());
  };
  const url = (await gateway.app.getUrl()).replace('[::1]', '127.0.0.1');
  const record = await openRecord(applicationUrl, { name: 'spec' });
  const redis = connectRedis(redisServer.url, { name: 'spec', onError: () => undefined });
  return {
    url,
    redisUrl: redisServer.url,
    record,
    redis,
    streams: new SessionStreams(redis, { groups: STREAM_GROUPS }),
    routes: () => routesOf(gateway.app.getHttpAdapter().getInstance() as Express),
    send: async (method, path, body, headers = {}) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${TOKENS.admin}`,
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      });
      const answer = await response.text();
      const json: unknown = answer === '' ? {} : JSON.parse(answer);
      return { status: response.status, headers: response.headers, body: json as Record<string, unknown> };
    },
    stopRedis: () => redisServer.kill(),
    startRedis: () => redisServer.restart(),
    stopGateway,
    close: async () => {
      await stopGateway();
      redis.disconnect();
      await record.close();
      await Promise.all([redisServer.stop(), database.drop()]);
      for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
    },
  };
};

/** Waits for a fact, never for a duration. */
export const until = async <T>(fact: () => Promise<T | undefined | false>, withinMs = 8_000): Promise<T> => {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const found = await fact();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endsAt) throw new Error(`It did not become true within ${withinMs} ms: ${fact.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
