import { Cluster } from 'ioredis';
import { type RedisClusterServers, startRedisCluster } from './redis-cluster.js';

describe('a Redis cluster of local processes', () => {
  let cluster: RedisClusterServers;
  beforeAll(async () => {
    cluster = await startRedisCluster(3);
  });
  afterAll(async () => cluster.stop());

  it('takes keys of every slot and spreads them over three masters', async () => {
    const client = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
    const keys = Array.from({ length: 60 }, (_, index) => `key:${index}`);
    await Promise.all(keys.map((key) => client.set(key, key)));
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
    const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    client.disconnect();
  });
});
