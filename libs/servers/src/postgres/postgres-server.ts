import { rm } from 'node:fs/promises';
import { Client, escapeIdentifier } from 'pg';
import { ServerDidNotStartError } from '../errors.js';
import { freePort } from '../free-port.js';
import { ServerProcess } from '../server-process.js';
import { clusterDirectory, clusterFiles } from './cluster-files.js';
import { type DatabaseUser, databaseUser } from './database-user.js';
import { type NativePrograms, nativePrograms } from './native-programs.js';

export interface PostgresOptions {
  /** Kept after the end. Without it the database is temporary. */
  dataDir?: string;
  port?: number;
  /** Created if missing. Default `inquest`. */
  database?: string;
  /** `name=value`, for this run and its restarts; they win over our own. */
  settings?: readonly string[];
  /** Where the write-ahead log of a new cluster goes, so that it can have a disk of its own. Must be empty; is given to its user. */
  logDir?: string;
  progress?: (step: string) => void;
}

/** A running private PostgreSQL. It ends with this process at the latest. */
export interface PostgresServer {
  /** As superuser, with the password of this cluster. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** False once it has ended, by our doing or its own. */
  readonly running: boolean;
  /** Where its files are; not where they were asked for if its user cannot go there. */
  readonly dataDir: string;
  readonly how: string;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again after stop or kill, with the same files, port and password. */
  restart(): Promise<void>;
}

const startsMax = 5;

/** Starts a PostgreSQL 18 of our own on 127.0.0.1. As root it runs as another user, wherever the clone is. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const user = await databaseUser();
  const programs = await nativePrograms(user);
  const dir = await clusterDirectory(options.dataDir, user);
  const temporaryDir = options.dataDir === undefined ? dir : undefined;
  try {
    return await startIn(dir, { ...options, temporaryDir, programs, user });
  } catch (error) {
    if (temporaryDir) await rm(temporaryDir, { recursive: true, force: true });
    throw error;
  }
};

interface Surroundings {
  temporaryDir: string | undefined;
  programs: NativePrograms;
  user: DatabaseUser;
}

const startIn = async (
  dir: string,
  { temporaryDir, programs, user, ...options }: PostgresOptions & Surroundings,
): Promise<PostgresServer> => {
  const files = await clusterFiles(dir, programs, user, { temporary: temporaryDir !== undefined, logDir: options.logDir });

  const start = async (port: number): Promise<ServerProcess> =>
    ServerProcess.start({
      name: 'postgres',
      command: programs.postgres,
      args: [
        '-D',
        files.data,
        '-p',
        String(port),
        ...[...settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]),
      ],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      cwd: dir,
      ...user,
      ready: /database system is ready to accept connections/,
      readyWithinMs: 60_000, // After a crash it replays its log first.
      stopSignal: 'SIGINT', // PostgreSQL's fast shutdown: open transactions are rolled back.
      temporaryDir,
    });

  const { server, port } = await onFreePort(options.port, start);
  const database = options.database ?? 'inquest';
  const urlOf = (name: string) => `postgres://postgres:${files.password}@127.0.0.1:${port}/${name}`;
  try {
    await createDatabase(urlOf('postgres'), database);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return new PrivatePostgres(server, urlOf(database), port, dir, temporaryDir, () => againAfterCrash(() => start(port)));
};

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=on',
  'max_connections=200',
  'timezone=UTC',
  'log_timezone=UTC',
];

const onFreePort = async (wanted: number | undefined, start: (port: number) => Promise<ServerProcess>) => {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    try {
      return { server: await againAfterCrash(() => start(port)), port };
    } catch (error) {
      const taken = error instanceof ServerDidNotStartError && error.message.includes('Address already in use');
      if (!taken || wanted !== undefined || attempt === startsMax) throw error;
    }
  }
};

/** Backends outlive a killed server by an instant, and as long as one does its memory is still in use. */
const againAfterCrash = async (start: () => Promise<ServerProcess>): Promise<ServerProcess> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const remains =
        error instanceof ServerDidNotStartError &&
        /pre-existing shared memory block|lock file "postmaster.pid"/.test(error.message);
      if (!remains || attempt === 50) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
};

const createDatabase = async (url: string, name: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
};

class PrivatePostgres implements PostgresServer {
  readonly how = 'embedded PostgreSQL 18';

  constructor(
    private server: ServerProcess,
    readonly url: string,
    readonly port: number,
    readonly dataDir: string,
    private readonly temporaryDir: string | undefined,
    private readonly startAgain: () => Promise<ServerProcess>,
  ) {}

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
    this.server = await this.startAgain();
  }
}
