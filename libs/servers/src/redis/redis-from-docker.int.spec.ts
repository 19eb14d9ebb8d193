import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisServer } from './find-redis-server.js';
import { redisFromDocker } from './redis-from-docker.js';
import { startRedis } from './redis-server.js';

/** A command line like Docker's, whose containers are plain processes: engines are not to be had on every machine that runs specs. */
const engine = async (directory: string, answers: boolean): Promise<void> => {
  const { command, env } = await findRedisServer();
  const script = `#!/bin/sh
echo "$@" >> ${directory}/calls
case "$1" in
  info) exit ${answers ? 0 : 1} ;;
  run) echo $$ > ${directory}/pid; LD_LIBRARY_PATH='${env['LD_LIBRARY_PATH'] ?? ''}' exec ${command} - ;;
  kill) kill -s KILL "$(cat ${directory}/pid)" ;;
esac
`;
  await writeFile(join(directory, 'docker'), script, { mode: 0o755 });
};

describe('Redis from a container engine', () => {
  const path = process.env['PATH'] ?? '';
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'inquest-spec-'));
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(directory, { recursive: true });
  });

  it('runs the official image, and kills the container rather than the client of the engine', async () => {
    await engine(directory, true);
    process.env['PATH'] = `${directory}:${path}`;
    const server = await startRedis({ binary: await redisFromDocker(() => undefined) });
    const client = new Redis(server.url);
    client.on('error', () => undefined); // It goes away on purpose.
    expect(await client.ping()).toBe('PONG');
    await server.kill();
    client.disconnect();
    await server.stop();
    const calls = await readFile(join(directory, 'calls'), 'utf8');
    expect(calls).toMatch(/^run --rm --interactive --name (inquest-redis-\w+) [^]*redis:7\.4-alpine redis-server -\nkill \1$/m);
  });

  it('is passed over when no engine answers', async () => {
    await engine(directory, false);
    process.env['PATH'] = `${directory}:${path}`;
    await expect(redisFromDocker(() => undefined)).rejects.toThrow(/docker info/);
  });
});
