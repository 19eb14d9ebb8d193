import { Redis } from 'ioredis';
import { v7 } from 'uuid';
import { startRedisCluster, type RedisClusterServers } from '@inquest/servers';
import { checkRedis } from './check-redis.js';
import { answersKey, DEADLINES_KEY, inboxKey, sessionKey } from './keys.js';
import { Bench, decision, diagnosis, opening, until } from './support.spec.js';

describe('on Redis Cluster', () => {
  let cluster: RedisClusterServers;
  let nodes: Redis[];
  let bench: Bench;
  beforeAll(async () => {
    cluster = await startRedisCluster(3);
    nodes = cluster.urls.map((url) => new Redis(url));
    bench = Bench.on(`redis+cluster://${cluster.urls.map((url) => new URL(url).host).join(',')}`);
  }, 60_000);
  afterAll(async () => {
    await bench.end();
    for (const node of nodes) node.disconnect();
    await cluster.stop();
  });

  /** Moves the slot of a key to another node, as `redis-cli --cluster reshard` does, but key by key and slowly. */
  const move = async (key: string): Promise<void> => {
    const slot = Number(await nodes[0]?.call('CLUSTER', 'KEYSLOT', key));
    const ids = await Promise.all(nodes.map(async (node) => String(await node.call('CLUSTER', 'MYID'))));
    const owners = await Promise.all(nodes.map(async (node) => ownsSlot(String(await node.call('CLUSTER', 'NODES')), slot)));
    const from = owners.indexOf(true);
    const to = (from + 1) % nodes.length;
    const [source, target] = [nodes[from], nodes[to]];
    await target?.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '');
    await source?.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] ?? '');
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 30)); // Publishers meet every state in between.
      const [next] = (await source?.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
      if (next === undefined) break;
      await source?.call('MIGRATE', '127.0.0.1', target?.options.port ?? 0, next, 0, 5_000);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    for (const node of [target, source, ...nodes]) await node?.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] ?? '');
  };

  it('is told from a single server', async () => {
    expect(await checkRedis(bench.redis)).toMatchObject({ mode: 'cluster', maxmemoryPolicy: 'noeviction' });
  });

  it('loses nothing and stores nothing twice while the slots of an inbox and of a session move', async () => {
    const seen = new Map<string, number>();
    const reader = bench.read({
      inbox: 'solver',
      handler: async ({ session, seq }) => void seen.set(`${session}/${seq}`, (seen.get(`${session}/${seq}`) ?? 0) + 1),
    });
    await bench.streams.publish(opening('moving', { to: ['solver', 'recorder'], deadlineInMs: 60_000 }));
    let moved = false;
    let sessions = 0;
    let answers = 0;
    const debates = async (prefix: string): Promise<void> => {
      for (let n = 0; !moved; n += 1) {
        const id = `${prefix}-${n}`;
        expect((await bench.streams.publish(opening(id, { to: ['solver'] }))).status).toBe('published');
        expect((await bench.streams.publish(diagnosis(id, { to: ['solver'] }))).status).toMatch(/published|already/);
        expect((await bench.streams.publish(decision(id, { to: ['solver'] }))).status).toMatch(/published|already/);
        sessions += 1;
      }
    };
    const answering = async (prefix: string): Promise<void> => {
      for (let n = 0; !moved; n += 1) {
        const { status } = await bench.streams.publish(diagnosis('moving', { key: `${prefix}:${n}:answer`, to: ['solver'] }));
        expect(status).toMatch(/published|already/);
        answers += 1;
      }
    };
    const moving = (async () => {
      await until(() => sessions > 20 && answers > 20);
      for (const key of [inboxKey('solver'), sessionKey('moving'), inboxKey('solver')]) await move(key);
      const [before] = [sessions + answers];
      await until(() => sessions + answers > before + 40);
      moved = true;
    })();
    await Promise.all([moving, debates('a'), debates('b'), answering('x'), answering('y')]);

    const expected = sessions * 3 + answers + 1;
    await until(() => seen.size === expected, `${expected} deliveries`);
    expect(await bench.streams.read('moving')).toHaveLength(answers + 1);
    expect((await bench.streams.read('moving')).map(({ seq }) => seq)).toEqual(
      Array.from({ length: answers + 1 }, (_, n) => n + 1),
    );
    expect((await bench.streams.read('a-0')).map(({ type }) => type)).toEqual([
      'session.opened',
      'diagnosis.reported',
      'decision.made',
    ]);
    const size = await bench.call('HLEN', answersKey('moving'));
    expect(size).toBe(answers + 3); // Every answer, the opening, the last number given, and the bytes of all bodies.
    await until(async () => (await bench.pending(inboxKey('solver'), 'solver')) === 0);
    expect(await reader.stop(2_000)).toBe(0);
  }, 60_000);

  it('rebuilds, expires and buries across slots', async () => {
    await bench.streams.publish(opening('s1'));
    const [entry] = await bench.streams.read('s1');
    await bench.call('DEL', sessionKey('s1'));
    expect(await bench.streams.rebuild('s1', entry ? [{ ...entry, key: 'gateway:1:opened' }] : [], false)).toBe(true);
    expect(await bench.streams.read('s1')).toEqual([entry]);
    await bench.streams.expire(['s1'], 100);
    const letter = await bench.deadLetters.add(
      { inbox: 'critic', inboxId: '1-1', fields: { a: 'b' }, deliveries: 1 },
      'refused',
      'x',
    );
    await bench.deadLetters.retry(letter);
    expect(await bench.call('XLEN', inboxKey('critic'))).toBe(1);
  });

  it('finds what was left behind, whatever its slot', async () => {
    const ids = Array.from({ length: 20 }, () => v7());
    for (const id of ids) await bench.streams.publish(opening(id));
    for (const id of ids) {
      const entries = await bench.streams.read(id);
      await bench.streams.acknowledge('recorder', new Map([[id, entries.map((entry) => entry.id)]]));
    }
    await bench.streams.expire(ids.slice(10), 100);
    const left = await bench.streams.leftBehind();
    expect(left.toSorted()).toEqual(ids.slice(0, 10).toSorted());
  });
});

/** Whether the node that printed this list of nodes owns the slot. */
const ownsSlot = (nodes: string, slot: number): boolean => {
  const ranges =
    nodes
      .split('\n')
      .find((line) => line.includes('myself'))
      ?.split(' ')
      .slice(8) ?? [];
  return ranges.some((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return first !== undefined && last !== undefined && first <= slot && slot <= last;
  });
};

describe('on a cluster of one server that is spoken to as if it were none', () => {
  let cluster: RedisClusterServers;
  let bench: Bench;
  beforeAll(async () => {
    cluster = await startRedisCluster(1);
    bench = Bench.on(cluster.urls[0] ?? '');
  }, 60_000);
  afterAll(async () => {
    await bench.end();
    await cluster.stop();
  });

  it('publishes step by step, as no script may have the keys of several slots', async () => {
    const publications = [opening('s1', { to: ['solver'], deadlineInMs: 60_000 }), diagnosis('s1', { to: ['solver'] })];
    for (const publication of publications) expect((await bench.streams.publish(publication)).status).toBe('published');
    expect(await bench.call('XLEN', inboxKey('solver'))).toBe(2);
    expect(await bench.call('ZSCORE', DEADLINES_KEY, 's1')).not.toBeNull();
  });

  it('finds what was left behind, whatever its slot', async () => {
    const ids = Array.from({ length: 20 }, () => v7());
    for (const id of ids) await bench.streams.publish(opening(id));
    for (const id of ids) {
      const entries = await bench.streams.read(id);
      await bench.streams.acknowledge('recorder', new Map([[id, entries.map((entry) => entry.id)]]));
    }
    await bench.streams.expire(ids.slice(10), 100);
    const left = await bench.streams.leftBehind();
    expect(left.toSorted()).toEqual(ids.slice(0, 10).toSorted());
  });
});
