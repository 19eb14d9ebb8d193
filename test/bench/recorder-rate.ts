import { STREAM_OPTIONS } from '@inquest/agent';
import { isTerminal, seatOf, type Message } from '@inquest/contracts';
import { migrate } from '@inquest/record';
import { closeRedis, connectRedis, SessionStreams } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { compositeArray } from '../../libs/record/src/append/composite-array.js';
import { prepare } from '../../libs/record/src/append/prepare.js';
import { COLUMNS } from '../../libs/record/src/envelope/columns.js';
import { ROWS_PER_DEBATE } from './contender.js';
import { LoggedProcess } from './contenders/logged-process.js';
import { RecordedRows } from './contenders/recorded-rows.js';
import { newDebates } from './debate-bodies.js';
import type { ServerHouse } from './servers.js';

export interface RecorderRate {
  /** Of the recorder: from Redis to the released decision. */
  readonly rowsPerSecond: number;
  /** Of one connection that does nothing but insert the same rows, 500 at a time, into a table like it. */
  readonly bareRowsPerSecond: number;
  readonly ratio: number;
}

const ROWS_PER_STATEMENT = 500;
/** V8 compiles for that long. */
const WARM_UP_DEBATES = 1_500;
const PUBLISHED_AT_ONCE = 100;
const RECORDER = join(import.meta.dirname, '../../dist/apps/recorder/main.js');

/** How fast a recorder works off an inbox that has filled up, beside the bare insertion of what it wrote. */
export const recorderRate = async (house: ServerHouse, debates: number): Promise<RecorderRate> => {
  const servers = await house.fresh();
  const password = randomUUID();
  const { applicationUrl } = await migrate(servers.databaseUrl, {
    applicationRole: `app_${password.slice(0, 8)}`,
    applicationPassword: password,
  });
  const client = new Client({ connectionString: servers.databaseUrl });
  const dir = await mkdtemp(join(tmpdir(), 'inquest-bench-'));
  await client.connect();
  const env = { REDIS_URL: servers.redisUrl, DATABASE_URL: applicationUrl, INQUEST_CONSUMER: 'recorder-0' };
  const recorder = await LoggedProcess.start(
    { name: 'recorder', args: [RECORDER], isDoor: false, env },
    join(dir, 'recorder.log'),
  );
  try {
    await recorder.untilReady();
    const rows = new RecordedRows(client);
    const messages = newDebates(WARM_UP_DEBATES + debates);
    const warmUp = messages.splice(0, WARM_UP_DEBATES);
    const warm = warmUp.length * ROWS_PER_DEBATE;
    await work(recorder, rows, () => publish(servers.redisUrl, warmUp), warm);
    const all = warm + messages.length * ROWS_PER_DEBATE;
    const rowsPerSecond = await work(recorder, rows, () => publish(servers.redisUrl, messages), all);
    const bareRowsPerSecond = await bare(client, messages.flat());
    return { rowsPerSecond, bareRowsPerSecond, ratio: rowsPerSecond / bareRowsPerSecond };
  } finally {
    recorder.signal('SIGCONT');
    await recorder.stop();
    await client.end();
    await rm(dir, { recursive: true, force: true });
  }
};

/** The recorder is held back until its inbox is full. */
const work = async (recorder: LoggedProcess, rows: RecordedRows, fill: () => Promise<void>, until: number): Promise<number> => {
  const before = await rows.count();
  recorder.signal('SIGSTOP');
  await fill();
  recorder.signal('SIGCONT');
  const startedAt = performance.now();
  while ((await rows.count()) < until) await pause(10);
  return ((until - before) * 1_000) / (performance.now() - startedAt);
};

const publish = async (redisUrl: string, debates: readonly (readonly Message[])[]): Promise<void> => {
  const redis = connectRedis(redisUrl, { name: 'bench-publisher' });
  const streams = new SessionStreams(redis, STREAM_OPTIONS);
  const publishAll = async (debate: readonly Message[]): Promise<void> => {
    for (const message of debate) {
      const { sessionId, type, role, slot, traceparent } = message;
      const key = seatOf(message);
      const closes = isTerminal(type);
      const body = JSON.stringify(message);
      await streams.publish({
        sessionId,
        key,
        type,
        role,
        body,
        to: ['recorder'],
        opens: slot === 'opened',
        closes,
        traceparent,
      });
    }
  };
  for (let at = 0; at < debates.length; at += PUBLISHED_AT_ONCE)
    await Promise.all(debates.slice(at, at + PUBLISHED_AT_ONCE).map(publishAll));
  await closeRedis(redis);
};

const bare = async (client: Client, messages: readonly Message[]): Promise<number> => {
  const columns = COLUMNS.map(([name]) => name).join(', ');
  const text = `INSERT INTO bare (${columns}, created_at) SELECT ${columns}, clock_timestamp() FROM unnest($1::agent_session_input[])`;
  await client.query('DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE agent_sessions INCLUDING ALL)');
  const { rows } = await client.query<{ id: number }>(`SELECT 'agent_session_input'::regtype::oid::int8::float8 AS id`);
  const typeId = rows[0]?.id ?? 0;
  const prepared = messages.flatMap((message, index) => {
    const event = { seq: (index % 6) + 1, streamId: `${Date.now()}-${index}`, body: JSON.stringify(message) };
    const preparation = prepare(event);
    return 'prepared' in preparation ? [preparation.prepared.row] : [];
  });
  const startedAt = performance.now();
  for (let at = 0; at < prepared.length; at += ROWS_PER_STATEMENT) {
    const values = [compositeArray(prepared.slice(at, at + ROWS_PER_STATEMENT), typeId)];
    await client.query({ name: 'bench-bare', text, values });
  }
  return (prepared.length * 1_000) / (performance.now() - startedAt);
};
