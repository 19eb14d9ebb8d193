import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redis-server.js';

describe('a private Redis', () => {
  const running: RedisServer[] = [];
  const clients: Redis[] = [];
  const directories: string[] = [];
  const started = async (...args: Parameters<typeof startRedis>) => {
    const server = await startRedis(...args);
    running.push(server);
    return server;
  };
  const connected = (url: string) => {
    const client = new Redis(url);
    client.on('error', () => undefined); // Servers go away on purpose here.
    clients.push(client);
    return client;
  };

  afterEach(async () => {
    clients.splice(0).forEach((client) => client.disconnect());
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
  });

  it('serves whoever has its URL, and refuses to evict', async () => {
    const client = connected((await started()).url);
    await client.set('key', 'value');
    expect(await client.get('key')).toBe('value');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });

  it('refuses another user of the machine, who knows the port but not the password', async () => {
    const { port } = await started();
    await expect(connected(`redis://127.0.0.1:${port}`).get('key')).rejects.toThrow(/NOAUTH/);
  });

  it('comes back at the same place with its data after it was killed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'inquest-spec-'));
    directories.push(dataDir);
    const server = await started({ dataDir });
    const { url } = server;
    const client = connected(url);
    await client.set('key', 'value');
    await client.call('WAITAOF', '1', '0', '2000').catch(async () => client.call('BGREWRITEAOF')); // Redis 7.0 has no WAITAOF.
    await server.kill();
    await server.restart();
    expect(server.url).toBe(url);
    expect(await connected(url).get('key')).toBe('value');
  });

  it('leaves nothing behind when it stops', async () => {
    const server = await started();
    const client = connected(server.url);
    const [, directory] = (await client.config('GET', 'dir')) as [string, string];
    client.disconnect();
    await server.stop();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  });

  it('says what is wrong when the server does not start', async () => {
    const { port } = await started();
    await expect(startRedis({ port })).rejects.toThrow(/redis-server ended at once .*\n[^]*Address already in use/);
  });
});
