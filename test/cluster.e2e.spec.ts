import { startRedisCluster, type RedisClusterServers } from '@inquest/servers';
import { inboxKey, sessionKey } from '@inquest/streams';
import { OOM_KILLED } from './support/incidents.js';
import { moveSlotOf } from './support/slots.js';
import { System } from './support/system.js';

describe('a debate on a Redis Cluster of three nodes', () => {
  let cluster: RedisClusterServers;
  let system: System;
  beforeAll(async () => {
    cluster = await startRedisCluster(3);
    const redisUrl = `redis+cluster://${cluster.urls.map((url) => new URL(url).host).join(',')}`;
    system = await System.start({ model: true, redisUrl });
    system.model?.script('*', { kind: 'sensible', firstByteMs: 500 });
  }, 120_000);
  afterAll(async () => {
    await system.stop();
    await cluster.stop();
  });

  it("goes on while the session's slot and an inbox's slot move to other nodes", async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.heard(sessionId, 'session.opened');
    await moveSlotOf(sessionKey(sessionId), cluster.urls);
    await moveSlotOf(inboxKey('solver'), cluster.urls);
    const decision = await system.decided(sessionId, 31_000);
    expect(decision.votes.filter(({ answeredFor, degraded }) => answeredFor || degraded)).toEqual([]);
    expect((await system.rows(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  }, 60_000);
});
