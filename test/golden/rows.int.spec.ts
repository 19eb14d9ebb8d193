import { eventHash, inputHash, outputHash, SCHEMA_VERSION } from '@inquest/contracts';
import { fold, isEnded, recompute } from '@inquest/debate';
import { migrate, openRecord, type SessionRecord } from '@inquest/record';
import { freshDatabase, type FreshDatabase } from '@inquest/testing';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { goldenRows, goldenRowsFolder } from './files.js';
import { textOf } from './record-dump.js';

/** One database as it was filled by an older version, and an empty one to record the same messages in again. */
interface Place {
  readonly database: FreshDatabase;
  readonly client: Client;
  readonly record: SessionRecord;
}

const place = async (): Promise<Place> => {
  const database = await freshDatabase();
  const applicationRole = `app_${randomUUID().slice(0, 8)}`;
  const { applicationUrl } = await migrate(database.url, { applicationRole, applicationPassword: 'golden' });
  const client = new Client({ connectionString: database.url, options: '-c timezone=UTC' });
  await client.connect();
  return { database, client, record: await openRecord(applicationUrl) };
};
const leave = async ({ database, client, record }: Place): Promise<void> => {
  await record.close();
  await client.end();
  await database.drop();
};

let old: Place;
let fresh: Place;
beforeAll(async () => {
  [old, fresh] = await Promise.all([place(), place()]);
});
afterAll(() => Promise.all([old, fresh].map(leave)));

const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

it.each(VERSIONS)('there are golden rows of schema version %i', (version) => {
  expect(existsSync(goldenRowsFolder(version))).toBe(true);
});

const sessions = VERSIONS.flatMap((version) => goldenRows(version).map((golden) => [version, golden.name, golden] as const));

describe.each(sessions)('version %i, %s', (_version, name, { rows }) => {
  const sessionId = textOf(rows[0]?.row, 'session_id');

  it('is stored under the leaves that it always had', async () => {
    for (const { row, leaf } of rows) {
      const { rows: stored } = await old.client.query<{ leaf: string }>(
        `WITH row AS (INSERT INTO agent_sessions SELECT (jsonb_populate_record(NULL::agent_sessions, $1::jsonb)).* RETURNING *)
         SELECT encode(agent_session_leaf_v1(row), 'hex') AS leaf FROM row`,
        [JSON.stringify(row)],
      );
      expect(stored).toEqual([{ leaf }]);
    }
  });

  it('is read, message by message, with all its hashes', async () => {
    const messages = await old.record.sessions.messages(sessionId);
    expect(messages.map(({ seq }) => seq)).toEqual(rows.map(({ row }) => row['seq']));
    for (const [index, { message }] of messages.entries()) {
      expect(eventHash(message)).toBe(rows[index]?.row['event_hash']);
      expect(outputHash(message.data)).toBe(rows[index]?.row['output_hash']);
      expect(inputHash(message.causes)).toBe(rows[index]?.row['input_hash']);
    }
  });

  it('folds to a session that has ended', async () => {
    const session = fold(await old.record.sessions.messages(sessionId));
    expect(session && isEnded(session)).toBe(true);
    expect(session?.failure !== undefined).toBe(name === 'failed');
  });

  it('recomputes to the decision that was made, unless it was one call or none', async () => {
    const messages = await old.record.sessions.messages(sessionId);
    const opened = messages[0]?.message;
    if (name === 'failed') expect(recompute(messages)).toMatchObject({ recordedHash: null });
    else if (opened?.type === 'session.opened' && opened.data.path === 'single')
      expect(messages.at(-1)?.message).toMatchObject({ type: 'decision.made', role: 'single' });
    else expect(recompute(messages)).toMatchObject({ same: true, recordedHash: rows.at(-1)?.row['output_hash'] });
  });

  it('is recorded anew as the same rows', async () => {
    const messages = await old.record.sessions.messages(sessionId);
    const events = messages.map(({ seq, streamId, message }) => ({ seq, streamId, body: JSON.stringify(message) }));
    expect(await fresh.record.append(events)).toMatchObject({ inserted: rows.length, waiting: [], superseded: [], poisoned: [] });
    const { rows: again } = await fresh.client.query<{ row: unknown }>(
      `SELECT to_jsonb(s) - 'created_at' AS row FROM agent_sessions s WHERE session_id = $1 ORDER BY seq`,
      [sessionId],
    );
    expect(again.map(({ row }) => row)).toEqual(rows.map(({ row: { created_at: _at, ...row } }) => row));
  });
});

it('has a ledger without a finding, once all of it is recorded anew', async () => {
  expect(await fresh.record.ledger.verify()).toMatchObject({ ok: true, findings: [] });
});
