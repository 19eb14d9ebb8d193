import type { RedisServer } from '@inquest/servers';
import { setTimeout as pause } from 'node:timers/promises';
import { TcpProxy } from '../proxy.js';
import type { Fault } from './fault.js';
import { last } from './pace.js';
import { directly } from './redis.js';

/** How far the replica is behind when it takes over, in milliseconds of writes. */
const BEHIND_MS = [300, 2_000] as const;
const SYNCED_WITHIN_MS = 20_000;

/**
 * The master dies and a replica takes its place that lacks what was written last. It is fed through a proxy that then loses the rest:
 * a replica that was merely stopped would find the rest in its socket and read it before it is promoted.
 */
export const redisFailover: Fault = {
  name: 'Redis failover, last writes lost',
  victims: ['redis'],
  run: async (rig, _victim, random) => {
    const master = rig.redis;
    const feed = await TcpProxy.before(master.port);
    try {
      const replica = await rig.startReplica(feed.port);
      try {
        await synced(replica);
        feed.silence();
        await last(BEHIND_MS, random);
        await master.kill();
        await directly({ redisUrl: replica.url }, (redis) => redis.replicaof('NO', 'ONE'));
      } catch (error) {
        await replica.stop();
        if (!master.running) await master.restart();
        throw error;
      }
      rig.redis = replica;
      rig.redisProxy.switchTo(replica.port);
    } finally {
      await feed.stop();
    }
    await master.stop(); // Its files go.
  },
};

const synced = async ({ url }: RedisServer): Promise<void> => {
  const end = performance.now() + SYNCED_WITHIN_MS;
  for (;;) {
    const state = await directly({ redisUrl: url }, (redis) => redis.info('replication'));
    if (state.includes('master_link_status:up') && !state.includes('master_sync_in_progress:1')) return;
    if (performance.now() > end) throw new Error(`The replica was not in sync within ${SYNCED_WITHIN_MS} ms:\n${state}`);
    await pause(20);
  }
};
