import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoRedisError } from '../errors.js';
import { findRedisServer, waysToRedis } from './find-redis-server.js';

describe('finding a Redis server', () => {
  const path = process.env['PATH'];
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'inquest-spec-'));
    process.env['PATH'] = directory;
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(directory, { recursive: true });
  });

  const program = async (name: string, prints: string) =>
    writeFile(join(directory, name), `#!/bin/sh\necho '${prints}'\n`, { mode: 0o755 });

  it('says for each way why it failed, and what to install, when none works', async () => {
    const error = await findRedisServer(() => undefined, waysWithoutCache()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoRedisError);
    expect(String(error)).toContain('on the PATH: neither redis-server nor valkey-server is there');
    expect(String(error)).toContain("from the distribution's packages: no apt-get");
    expect(String(error)).toContain('from Docker: no docker command');
    expect(String(error)).toContain('sudo apt-get install -y redis-server');
    expect(String(error)).toContain('REDIS_URL');
  });

  it('takes valkey-server from the PATH when there is no redis-server', async () => {
    await program('valkey-server', 'Valkey server v=8.0.2 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64');
    expect(await findRedisServer()).toMatchObject({
      command: join(directory, 'valkey-server'),
      how: expect.stringContaining('8.0.2') as string,
    });
  });

  it('passes over a server that is too old', async () => {
    await program('redis-server', 'Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64');
    await expect(findRedisServer(() => undefined, waysWithoutCache())).rejects.toThrow(/version 7.0 or newer is needed/);
  });

  /** What an earlier run built is in the cache, whatever the PATH says. */
  const waysWithoutCache = () => waysToRedis.filter(({ name }) => name !== 'built from its sources');
});
