import { findRedisServer, startPostgres, startRedis } from '@inquest/servers';
import type { PostgresServer, RedisBinary, RedisServer } from '@inquest/servers';
import { migrate } from '@inquest/record';
import { chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Cleanup } from './cleanup.js';
import { directly } from './faults/redis.js';
import { withServerClock } from './server-clock.js';
import { SmallDisk } from './small-disk.js';

const MIB = 1024 * 1024;
/** Room for some ten thousand debates; memory is used only as it fills. */
const TABLES_BYTES = 1_024 * MIB;
const LOG_BYTES = 512 * MIB;

/** The disks of the record's tables and of its log; a reason where none can be mounted. */
export type Disks = { readonly tables: SmallDisk; readonly log: SmallDisk } | { readonly unavailable: string };

export const mountDisks = async (dir: string, cleanup: Cleanup): Promise<Disks> => {
  const reason = SmallDisk.unavailable();
  if (reason) return { unavailable: reason };
  const mount = async (name: string, bytes: number) => {
    const disk = await SmallDisk.mount(join(dir, name), bytes);
    cleanup.later(() => disk.unmount());
    return disk;
  };
  try {
    return { tables: await mount('tables', TABLES_BYTES), log: await mount('log', LOG_BYTES) };
  } catch (error) {
    return { unavailable: `no disk in memory can be mounted here: ${String(error).split('\n')[0]}` };
  }
};

export interface RigPostgres {
  readonly server: PostgresServer;
  readonly applicationUrl: string;
}

/** A cluster of its own, whose log is on the one disk and whose record on the other. */
export const startRigPostgres = async (disks: Disks, cleanup: Cleanup): Promise<RigPostgres> => {
  const small = 'log' in disks ? disks : undefined;
  const logDir = small && join(small.log.path, 'wal');
  if (logDir) await mkdir(logDir);
  const server = await startPostgres({
    // Checkpoints keep the log far below its disk, unless somebody fills that.
    settings: ['max_wal_size=128MB', 'min_wal_size=32MB'],
    ...(logDir && { logDir }),
  });
  cleanup.later(() => server.stop());
  if (small) await moveTo(small.tables, server);
  const { applicationUrl } = await migrate(server.url, { applicationRole: 'inquest_app', applicationPassword: 'secret' });
  return { server, applicationUrl };
};

const moveTo = async ({ path }: SmallDisk, server: PostgresServer): Promise<void> => {
  const location = join(path, 'record');
  const { uid, gid } = await stat(server.dataDir);
  await mkdir(location);
  await chown(location, uid, gid);
  const url = new URL(server.url);
  const database = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query(`CREATE TABLESPACE small LOCATION '${location}'`);
    await client.query(`ALTER DATABASE "${database}" SET TABLESPACE small`);
  } finally {
    await client.end();
  }
};

/** Starts the Redis of a rig, and replicas of it that can take its place. */
export class RedisHouse {
  private constructor(
    private readonly binary: RedisBinary,
    private readonly appendOnly: boolean,
    private readonly password: string,
  ) {}

  /** With a `clockDir`, the wall clock of its servers goes by the file `redis` in there; see server-clock.ts. */
  static async open(options: { appendOnly: boolean; password: string; clockDir?: string | undefined }): Promise<RedisHouse> {
    const { appendOnly, password, clockDir } = options;
    const binary = await findRedisServer();
    const timed = clockDir ? await withServerClock(binary, clockDir, join(clockDir, 'redis')) : binary;
    return new RedisHouse(timed, appendOnly, password);
  }

  start(): Promise<RedisServer> {
    const { binary, appendOnly, password } = this;
    // A master otherwise waits 5 s for more replicas before it feeds the first.
    const settings = ['repl-diskless-sync-delay 0', `masterauth ${password}`];
    return startRedis({ binary, appendOnly, password, settings });
  }

  /** A replica of what answers on this port. By command, not by setting: promoted and started again, it must not follow anybody. */
  async startReplica(port: number): Promise<RedisServer> {
    const replica = await this.start();
    await directly({ redisUrl: replica.url }, (redis) => redis.replicaof('127.0.0.1', port));
    return replica;
  }
}
