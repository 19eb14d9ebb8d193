import { startProcesses, type Processes, type ProcessesOptions } from '@inquest/standalone';
import type { PostgresServer, RedisServer } from '@inquest/servers';
import { FakeAnthropic } from '@inquest/testing';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from './cleanup.js';
import { TcpProxy, through } from './proxy.js';
import { mountDisks, RedisHouse, startRigPostgres, type Disks } from './rig-servers.js';
import { shiftableClock } from './shifted-clock.js';

export interface RigOptions extends Pick<ProcessesOptions, 'replicas' | 'onLine'> {
  /** With an append-only file Redis comes back from a crash with its data, without one it comes back empty. */
  readonly redis: {
    readonly appendOnly: boolean;
    /** Runs it on a wall clock that can be shifted. Needs Linux and a C compiler. */
    readonly shiftableClock?: boolean;
  };
  readonly env?: Readonly<Record<string, string>>;
  /** Roles answer by a model, played by the fake of its HTTP API. Standard: by rules. */
  readonly model?: boolean;
  /** Told when a service ended other than by SIGTERM; `how` is a signal or an exit code. SIGKILL may have been ours, all else is its own. */
  readonly onLost?: (name: string, how: string) => void;
}

/** The whole of Inquest as separate processes, on servers that can be harmed. */
export interface Rig {
  readonly processes: Processes;
  /** Direct; a failover exchanges it. */
  redis: RedisServer;
  readonly postgres: PostgresServer;
  /** What the services talk through. */
  readonly redisProxy: TcpProxy;
  readonly postgresProxy: TcpProxy;
  /** Direct. */
  readonly redisUrl: string;
  /** Direct, as superuser. */
  readonly databaseUrl: string;
  /** Direct, as the application role. */
  readonly applicationUrl: string;
  readonly model: FakeAnthropic | undefined;
  readonly options: RigOptions;
  readonly disks: Disks;
  /** Where replicas and Redis read how far their clocks are off; see shifted-clock.ts and server-clock.ts. */
  readonly clockDir: string;
  /** A replica of what answers on this port, with the settings and the password of the rig's Redis. It is not the rig's to stop. */
  startReplica(port: number): Promise<RedisServer>;
  /** With a token that may do everything. */
  request(path: string, init?: RequestInit, gateway?: number): Promise<Response>;
  /** Ends every process, heals the disks and removes all files. */
  stop(): Promise<void>;
}

const TOKEN = 'crash-token';
const GRACE_MS = 5_000;

const STANDARD_ENVIRONMENT = {
  INQUEST_TOKENS: `crash:admin:${createHash('sha256').update(TOKEN).digest('hex')}`,
  INQUEST_RATE_PER_MINUTE: '1000000',
  OTEL_TRACES_SAMPLER_ARG: '0',
  LOG_LEVEL: 'warn',
};

/** Starts servers, proxies and services, and resolves when all are ready. What was started ends too when this fails. */
export const startRig = async (options: RigOptions): Promise<Rig> => {
  const cleanup = new Cleanup();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
};

const start = async (options: RigOptions, cleanup: Cleanup): Promise<Rig> => {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-crash-'));
  cleanup.later(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o755); // The database's user has to pass.
  const clockDir = join(dir, 'clocks');
  await mkdir(clockDir);
  const disks = await mountDisks(dir, cleanup);

  const { appendOnly, shiftableClock: ownClock = false } = options.redis;
  const house = await RedisHouse.open({
    appendOnly,
    password: randomBytes(18).toString('base64url'),
    clockDir: ownClock ? clockDir : undefined,
  });
  const servers = { redis: await house.start() };
  cleanup.later(() => ended(servers.redis));
  const { server: postgres, applicationUrl } = await startRigPostgres(disks, cleanup);

  const redisProxy = await proxyBefore(servers.redis.port, cleanup);
  const postgresProxy = await proxyBefore(postgres.port, cleanup);
  const model = options.model ? await FakeAnthropic.start() : undefined;
  if (model) cleanup.later(() => model.stop());
  const { replicas, onLine, onLost } = options;
  const env = {
    ...STANDARD_ENVIRONMENT,
    REDIS_URL: through(servers.redis.url, redisProxy.port),
    DATABASE_URL: through(applicationUrl, postgresProxy.port),
    ...shiftableClock(clockDir),
    ...(model && { ANTHROPIC_API_KEY: 'test', ANTHROPIC_BASE_URL: model.url }),
    ...options.env,
  };
  const processes = await startProcesses({ replicas, onLine, onLost, env });
  cleanup.later(() => processes.stop(GRACE_MS));

  return {
    processes,
    get redis() {
      return servers.redis;
    },
    set redis(server) {
      servers.redis = server;
    },
    postgres,
    redisProxy,
    postgresProxy,
    get redisUrl() {
      return servers.redis.url;
    },
    databaseUrl: postgres.url,
    applicationUrl,
    model,
    options,
    disks,
    clockDir,
    startReplica: (port) => house.startReplica(port),
    request: (path, init = {}, gateway = 0) =>
      fetch(`${processes.urls('gateway')[gateway]}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...init.headers },
      }),
    stop: () => cleanup.run(),
  };
};

const proxyBefore = async (port: number, cleanup: Cleanup): Promise<TcpProxy> => {
  const proxy = await TcpProxy.before(port);
  cleanup.later(() => proxy.stop());
  return proxy;
};

/** A server that a fault left standing still could not hear that it is to end. */
const ended = async (server: RedisServer): Promise<void> => {
  if (server.running) process.kill(server.pid, 'SIGCONT');
  await server.stop();
};
