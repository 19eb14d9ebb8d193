import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { ServerProcess } from '../server-process.js';
import { findRedisServer } from './find-redis-server.js';
import { startRedis, type RedisServer } from './redis-server.js';

/** One master, one replica of it, and one Sentinel that makes the replica the master when the master is gone. */
export interface RedisSentinelServers {
  /** The name that the Sentinel knows the master by. */
  readonly masterName: string;
  /** Of both servers. The Sentinel takes none. */
  readonly password: string;
  readonly sentinelPort: number;
  /** The first master. */
  readonly master: RedisServer;
  readonly replica: RedisServer;
  stop(): Promise<void>;
}

const MASTER_NAME = 'inquest';

/**
 * Starts the three on 127.0.0.1. A master is taken for gone after a second without an answer.
 * @throws {Error} where Redis runs in a container only: a Sentinel rewrites its configuration, which has to be a file.
 */
export const startRedisSentinel = async ({ password = 'sentinel-spec' } = {}): Promise<RedisSentinelServers> => {
  const binary = await findRedisServer();
  if (binary.image !== undefined) throw new Error('A Sentinel needs a Redis that is installed; this one runs in a container.');
  const dir = await mkdtemp(join(tmpdir(), 'inquest-sentinel-'));
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const settings = [`masterauth ${password}`, 'repl-diskless-sync-delay 0'];
    const master = await startRedis({ binary, password, settings });
    running.push(master);
    const replica = await startRedis({
      ...{ binary, password },
      settings: [...settings, `replicaof 127.0.0.1 ${master.port}`],
    });
    running.push(replica);
    const sentinelPort = await freePort();
    const file = join(dir, 'sentinel.conf');
    await writeFile(file, sentinelSettings({ sentinelPort, dir, masterPort: master.port, password }), { mode: 0o600 });
    running.push(
      await ServerProcess.start({
        ...{ name: 'redis-sentinel', command: binary.command, args: [file, '--sentinel'], env: binary.env, cwd: dir },
        ...{ ready: /\+slave /, readyWithinMs: 30_000, stopSignal: 'SIGTERM', temporaryDir: dir },
      }),
    );
    return { masterName: MASTER_NAME, password, sentinelPort, master, replica, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

interface Wanted {
  readonly sentinelPort: number;
  readonly dir: string;
  readonly masterPort: number;
  readonly password: string;
}

const sentinelSettings = ({ sentinelPort, dir, masterPort, password }: Wanted): string =>
  [
    `port ${sentinelPort}`,
    'bind 127.0.0.1',
    `dir ${JSON.stringify(dir)}`,
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} 1`,
    `sentinel auth-pass ${MASTER_NAME} ${password}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
    `sentinel failover-timeout ${MASTER_NAME} 5000`,
    '',
  ].join('\n');
