import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedisServer } from './find-redis-server.js';
import { type RedisServer, startRedis } from './redis-server.js';

const slotsTotal = 16_384;
const agreedWithinMs = 20_000;

/** A cluster of masters without replicas on this machine. Its nodes take no password. */
export interface RedisClusterServers {
  readonly nodes: readonly RedisServer[];
  /** One URL per node, in order of their slots. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/** Starts `size` masters, deals the slots out evenly and returns once every node sees all of them. */
export const startRedisCluster = async (size = 3): Promise<RedisClusterServers> => {
  const binary = await findRedisServer();
  const nodes = await Promise.all(Array.from({ length: size }, () => startRedis({ cluster: true, binary })));
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    await join(clients, nodes);
    await agreed(clients);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clients.forEach((client) => client.disconnect());
  }
  return { nodes, urls: nodes.map(({ url }) => url), stop };
};

const join = async (clients: Redis[], nodes: RedisServer[]): Promise<void> => {
  for (const [index, client] of clients.entries()) {
    const first = Math.floor((index * slotsTotal) / clients.length);
    const last = Math.floor(((index + 1) * slotsTotal) / clients.length) - 1;
    // Each needs an epoch of its own before they meet, or they would have to settle who owns what.
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
  }
  const [seed] = clients;
  for (const { port, busPort } of nodes.slice(1)) await seed?.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
};

const agreed = async (clients: Redis[]): Promise<void> => {
  const deadline = Date.now() + agreedWithinMs;
  for (;;) {
    const views = await Promise.all(clients.map(async (client) => String(await client.call('CLUSTER', 'INFO'))));
    const complete = views.every(
      (view) =>
        view.includes('cluster_state:ok') &&
        view.includes(`cluster_slots_ok:${slotsTotal}`) &&
        view.includes(`cluster_known_nodes:${clients.length}`),
    );
    if (complete) return;
    if (Date.now() > deadline)
      throw new Error(`The Redis cluster did not form within ${agreedWithinMs} ms:\n${views.join('\n')}`);
    await delay(20);
  }
};
