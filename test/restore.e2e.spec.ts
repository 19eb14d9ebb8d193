import { openRecord, readHeads, type SignedHead } from '@inquest/record';
import { startPostgres, type PostgresServer } from '@inquest/servers';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OOM_KILLED } from './support/incidents.js';
import { until } from './support/until.js';
import { System } from './support/system.js';

/** Keeps owners and modes: PostgreSQL refuses files of anybody else. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

/** The drill of the operations guide, with a cold copy of PostgreSQL's files in the place of a volume's snapshot. */
describe('a record that is lost and restored from a backup', () => {
  let dir: string;
  let postgres: PostgresServer;
  let system: System;
  let headsFile: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'inquest-restore-'));
    headsFile = join(dir, 'ledger-heads.jsonl');
    await chmod(dir, 0o755); // PostgreSQL runs as another user where we are root.
    postgres = await startPostgres({ dataDir: join(dir, 'postgres'), database: `restore_${randomUUID().slice(0, 8)}` });
    const env = { INQUEST_LEDGER_HEADS_FILE: headsFile, INQUEST_LEDGER_HEAD_EVERY_S: '1' };
    system = await System.start({ databaseUrl: postgres.url, env });
  }, 120_000);
  afterAll(async () => {
    await system.stop();
    await postgres.stop();
    await Promise.all([dir, postgres.dataDir].map((one) => rm(one, { recursive: true, force: true })));
  });

  const debated = async (): Promise<string> => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.decided(sessionId);
    return sessionId;
  };
  const heads = async (): Promise<SignedHead[]> => readHeads(await readFile(headsFile, 'utf8').catch(() => ''));
  const lastEntry = async (): Promise<number> =>
    Number((await system.query<{ n: string }>('select max(n) as n from session_ledger'))[0]?.n);
  const headKept = async (n: number): Promise<void> =>
    until(`head ${n} being kept`, async () => (await heads()).some((head) => head.n === n)).then(() => undefined);
  const verified = async (anchor: readonly SignedHead[]) => {
    const record = await openRecord(postgres.url);
    try {
      return await record.ledger.verify({ anchor: [...anchor] });
    } finally {
      await record.close();
    }
  };

  it('is proven up to the backup, says what is missing since, and goes on', async () => {
    const kept = await debated();
    await headKept(await lastEntry());
    const data = join(postgres.dataDir, 'data');
    const backup = join(postgres.dataDir, 'backup');
    await postgres.stop();
    await copy(data, backup);
    const backedUp = await heads();
    await postgres.restart();

    const lost = await debated();
    await headKept(await lastEntry());
    await postgres.kill();
    await rm(data, { recursive: true });
    await copy(backup, data);
    await system.flushRedis(); // It knows sessions that the record has forgotten.
    await postgres.restart();

    expect(await verified(backedUp)).toMatchObject({ findings: [], provenTo: { n: backedUp.at(-1)?.n } });
    const { findings } = await verified(await heads());
    expect(findings.map(({ kind }) => kind)).toEqual(['tail-cut']);
    expect((await system.rows(kept)).map(({ type }) => type).at(-1)).toBe('decision.made');
    expect(await system.rows(lost)).toEqual([]);
    await until('the gateway being ready again', async () => (await system.request('/readyz')).ok, 60_000);
    const fresh = await debated();
    expect((await system.rows(fresh)).filter(({ type }) => type === 'decision.made')).toHaveLength(1);
    expect(await verified(backedUp)).toMatchObject({ findings: [] });
  }, 180_000);
});
