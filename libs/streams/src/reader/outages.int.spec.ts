import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { compiled } from '../compiled.spec.js';
import type { InboxEntry } from '../entries.js';
import { inboxKey } from '../keys.js';
import type { RedisConnection } from '../redis-connection.js';
import { SilentProxy } from '../silent-proxy.spec.js';
import { Bench, gate, opening, until } from '../support.spec.js';

describe('reading while things die', () => {
  let bench: Awaited<ReturnType<typeof Bench.startOwn>>;
  let handled: InboxEntry[];
  const children: ChildProcess[] = [];
  beforeAll(async () => (bench = await Bench.startOwn()));
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await bench.end();
  });
  beforeEach(async () => {
    await bench.empty();
    handled = [];
  });

  const recording = async (entry: InboxEntry): Promise<void> => void handled.push(entry);
  const open = async (count: number, prefix = 's'): Promise<void> => {
    await Promise.all(
      Array.from({ length: count }, (_, n) => bench.streams.publish(opening(`${prefix}${n}`, { to: ['solver'] }))),
    );
  };
  const through = (proxy: SilentProxy): RedisConnection => {
    const url = new URL(bench.server.url);
    url.port = String(proxy.port);
    return bench.connect(url.href);
  };

  it('hands what a killed process held to a peer within seconds', async () => {
    const { directory, remove } = await compiled();
    bench.atEnd(remove);
    const program = `
      import { InboxReader, connectRedis } from ${JSON.stringify(join(directory, 'index.js'))};
      const redis = connectRedis(process.env.URL, { name: 'victim' });
      let held = 0;
      const handler = () => { console.log(++held); return new Promise(() => undefined); };
      await new InboxReader({ redis, inbox: 'solver', consumer: 'victim', concurrency: 5, blockMs: 300, heartbeatMs: 50, aliveForMs: 200, claimAfterMs: 600000, handler }).run();`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, URL: bench.server.url },
    });
    children.push(child);
    let held = 0;
    let complaints = '';
    child.stdout.on('data', (data: Buffer) => (held = Number(data.toString().trim().split('\n').at(-1))));
    child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
    await open(5);
    await until(() => held === 5 || complaints !== '');
    expect(complaints).toBe('');

    const peer = bench.read({ inbox: 'solver', consumer: 'peer', handler: recording, claimAfterMs: 600_000 });
    await open(1, 'new');
    await until(() => handled.length === 1);
    expect(handled[0]?.session).toBe('new0');
    const killedAtMs = Date.now();
    child.kill('SIGKILL');
    await until(() => handled.length === 6);
    expect(Date.now() - killedAtMs).toBeLessThan(20_000);
    expect(handled.slice(1).every(({ deliveries }) => deliveries === 2)).toBe(true);
    await peer.stop(1_000);
  });

  it('notices that it went deaf, reads on over a new connection and finds what was lost on the old one', async () => {
    const proxy = await SilentProxy.before(bench.server.port);
    bench.atEnd(() => proxy.stop());
    const deaf: number[] = [];
    const reader = bench.read({
      ...{ redis: through(proxy), inbox: 'solver', handler: recording, blockMs: 100, deafAfterMs: 200, claimAfterMs: 600_000 },
      events: { deaf: ({ silentMs }) => void deaf.push(silentMs) },
    });
    await open(1);
    await until(() => handled.length === 1);
    expect(proxy.silence('xreadgroup')).toBe(1);
    await open(3, 'lost');
    await until(() => handled.length === 4);
    expect(deaf).toEqual([300]);
    expect(reader.isTurning()).toBe(true);
    await until(async () => (await bench.pending(inboxKey('solver'), 'solver')) === 0);
    await reader.stop(1_000);
  });

  it('reads on after every connection was killed', async () => {
    const reader = bench.read({ inbox: 'solver', handler: recording });
    await open(1);
    await until(() => handled.length === 1);
    for (let round = 0; round < 3; round += 1) {
      const other = bench.connect();
      await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await open(2, `round${round}-`);
      await until(() => new Set(handled.map(({ session }) => session)).size === 3 + 2 * round);
    }
    await until(async () => (await bench.pending(inboxKey('solver'), 'solver')) === 0);
    await reader.stop(1_000);
  });

  it('waits for a Redis that is away and reads on when it comes back empty', async () => {
    const reader = bench.read({ inbox: 'solver', handler: recording });
    await open(1);
    await until(() => handled.length === 1);
    await bench.server.kill();
    const published = open(2, 'waiting');
    await bench.server.restart();
    await published;
    await until(() => handled.length >= 3);
    expect(reader.isTurning()).toBe(true);
    await reader.stop(1_000);
  });

  it('stops within seconds though Redis is away, and leaves what is in hand', async () => {
    const { opened, open: letGo } = gate();
    const reader = bench.read({ inbox: 'solver', handler: () => opened });
    await open(1);
    await until(() => reader.inHand === 1);
    await bench.server.kill();
    const stoppedAtMs = Date.now();
    expect(await reader.stop(50)).toBe(1);
    expect(Date.now() - stoppedAtMs).toBeLessThan(20_000);
    letGo();
    await bench.server.restart();
  });
});
