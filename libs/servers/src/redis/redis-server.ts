import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerDidNotStartError } from '../errors.js';
import { freePort } from '../free-port.js';
import { run } from '../run.js';
import { type Launch, ServerProcess } from '../server-process.js';
import { findRedisServer } from './find-redis-server.js';
import type { Progress, RedisBinary } from './redis-binary.js';
import { redisSettings } from './redis-settings.js';

export interface RedisOptions {
  /** Kept after the end. Without it the server's files are temporary. */
  dataDir?: string;
  /** Writes every command to a log, synced once a second, so that a killed server comes back with its data. Default: with a dataDir. */
  appendOnly?: boolean;
  /** Makes this server a cluster node without slots and without a password. */
  cluster?: boolean;
  port?: number;
  /** Default: a random one. A replica that is to take over needs its master's. */
  password?: string;
  /** Lines for the configuration file, such as `replicaof 127.0.0.1 6379`; they win over our own. */
  settings?: readonly string[];
  progress?: Progress;
  /** Which server to run. Default: what findRedisServer finds. */
  binary?: RedisBinary;
}

/** A running private Redis. It ends with this process at the latest. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Where cluster nodes talk to each other. */
  readonly busPort: number | undefined;
  readonly pid: number;
  readonly running: boolean;
  /** Where its files are. */
  readonly dataDir: string;
  /** Where the server comes from, for people. */
  readonly how: string;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again after stop or kill, with the same files, port and password. */
  restart(): Promise<void>;
}

const startsMax = 5;

/** Starts a Redis of our own on 127.0.0.1, on a free port unless one is given. Only who has its URL can use it. */
export const startRedis = async (options: RedisOptions = {}): Promise<RedisServer> => {
  const binary = options.binary ?? (await findRedisServer(options.progress));
  const temporaryDir = options.dataDir ? undefined : await mkdtemp(join(tmpdir(), 'inquest-redis-'));
  const dir = options.dataDir ?? temporaryDir ?? '';
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const password = options.cluster ? undefined : (options.password ?? randomBytes(18).toString('base64url'));

  const start = async (port: number, clusterPort?: number): Promise<ServerProcess> => {
    const settings = redisSettings({
      port,
      clusterPort,
      dir,
      password,
      appendOnly: options.appendOnly ?? options.dataDir !== undefined,
      persistent: options.dataDir !== undefined,
      inContainer: binary.image !== undefined,
      more: options.settings,
    });
    return ServerProcess.start({ ...launch(binary, dir, port), input: settings, temporaryDir });
  };

  const { server, port, clusterPort } = await onFreePort(options, start).catch(async (error: unknown) => {
    if (temporaryDir) await rm(temporaryDir, { recursive: true, force: true });
    throw error;
  });
  return new PrivateRedis(server, port, clusterPort, password, binary.how, dir, temporaryDir, () => start(port, clusterPort));
};

/** Between finding a port and listening on it somebody else may take it: then another one is tried. */
const onFreePort = async (options: RedisOptions, start: (port: number, clusterPort?: number) => Promise<ServerProcess>) => {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const clusterPort = options.cluster ? await freePort() : undefined;
    try {
      return { server: await start(port, clusterPort), port, clusterPort };
    } catch (error) {
      const taken = error instanceof ServerDidNotStartError && /address already in use/i.test(error.message);
      if (!taken || options.port !== undefined || attempt === startsMax) throw error;
    }
  }
};

const launch = ({ command, env, image }: RedisBinary, dir: string, port: number): Launch => {
  const common = {
    name: 'redis-server',
    env,
    cwd: dir,
    ready: /Ready to accept connections/,
    readyWithinMs: 30_000,
    stopSignal: 'SIGTERM' as const,
  };
  if (!image) return { ...common, command, args: ['-'] };
  const name = `inquest-redis-${randomBytes(6).toString('hex')}`;
  const network = process.platform === 'linux' ? ['--network', 'host'] : ['--publish', `127.0.0.1:${port}:${port}`];
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`] : [];
  return {
    ...common,
    command,
    args: [
      'run',
      '--rm',
      '--interactive',
      '--name',
      name,
      ...network,
      ...user,
      '--volume',
      `${dir}:${dir}`,
      image,
      'redis-server',
      '-',
    ],
    killElsewhere: async () => void (await run(command, ['kill', name])),
  };
};

class PrivateRedis implements RedisServer {
  constructor(
    private server: ServerProcess,
    readonly port: number,
    readonly busPort: number | undefined,
    private readonly password: string | undefined,
    readonly how: string,
    readonly dataDir: string,
    private readonly temporaryDir: string | undefined,
    private readonly startAgain: () => Promise<ServerProcess>,
  ) {}

  get url(): string {
    return `redis://${this.password ? `:${this.password}@` : ''}127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.server.pid;
  }

  get running(): boolean {
    return this.server.running;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    if (this.temporaryDir) await rm(this.temporaryDir, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.server.kill();
  }

  async restart(): Promise<void> {
    await this.server.stop();
    if (this.temporaryDir) await mkdir(this.temporaryDir, { recursive: true, mode: 0o700 });
    this.server = await this.startAgain();
  }
}
