import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from './postgres-server.js';

jest.setTimeout(120_000); // Making a cluster syncs a thousand files, which a busy disk takes its time for.

describe('the embedded PostgreSQL', () => {
  let parent: string;
  const running: PostgresServer[] = [];
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'inquest-spec-'));
    await chmod(parent, 0o755);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await rm(parent, { recursive: true, force: true });
  });

  const started = async (...args: Parameters<typeof startPostgres>) => {
    const server = await startPostgres(...args);
    running.push(server);
    return server;
  };
  const answer = async (url: string, query: string): Promise<unknown> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(query);
    await client.end();
    return Object.values(rows[0] ?? {})[0];
  };

  it('serves a database that syncs what it commits, and removes it when it stops', async () => {
    const server = await started();
    expect(await answer(server.url, 'SELECT current_database()')).toBe('inquest');
    expect(await answer(server.url, 'SHOW fsync')).toBe('on');
    await server.stop();
    await expect(stat(server.dataDir)).rejects.toThrow('ENOENT');
  });

  it('keeps what was committed when it is killed', async () => {
    const server = await started({ dataDir: join(parent, 'postgres') });
    await answer(server.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await server.kill();
    await server.restart();
    expect(await answer(server.url, 'SELECT value FROM kept')).toBe(42);
  });

  it('opens the same files again later, with the same password', async () => {
    const dataDir = join(parent, 'postgres');
    const first = await started({ dataDir });
    await answer(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();
    const second = await started({ dataDir, port: first.port });
    expect(second.url).toBe(first.url);
    expect(await answer(second.url, 'SELECT value FROM kept')).toBe(42);
  });

  it('makes the cluster anew when its making was interrupted', async () => {
    const dataDir = join(parent, 'postgres');
    await mkdir(join(dataDir, 'data.unfinished', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'password'), '');
    expect(await answer((await started({ dataDir })).url, 'SELECT 1')).toBe(1);
  });

  it('starts in spite of a pid file whose number belongs to another program by now', async () => {
    const dataDir = join(parent, 'postgres');
    const first = await started({ dataDir });
    await first.stop();
    await writeFile(
      join(first.dataDir, 'data', 'postmaster.pid'),
      `${process.pid}\n${first.dataDir}/data\n0\n5432\n\n127.0.0.1\n`,
    );
    expect(await answer((await started({ dataDir })).url, 'SELECT 1')).toBe(1);
  });

  const underRoot = process.getuid?.() === 0 ? it : it.skip;
  underRoot('keeps its files elsewhere, always at the same place, when its user cannot go where they were wanted', async () => {
    await chmod(parent, 0o700);
    const dataDir = join(parent, 'postgres');
    const first = await started({ dataDir });
    expect(first.dataDir).not.toContain(parent);
    await answer(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();
    const second = await started({ dataDir });
    expect(await answer(second.url, 'SELECT value FROM kept')).toBe(42);
    await second.stop();
    await rm(second.dataDir, { recursive: true });
  });
});
