/**
 * Holds the golden sessions on a running system and writes down what it stored: rows as PostgreSQL has them, stream entries as Redis
 * has them. Run it once per schema version, when the version is new; what it wrote is never written again.
 *
 *   npm run build && npx tsx test/golden/capture.ts [scenario …]
 */
import { SCHEMA_VERSION } from '@inquest/contracts';
import { startPostgres } from '@inquest/servers';
import { closeRedis, connectRedis, inboxKey, sessionKey } from '@inquest/streams';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { System } from '../support/system.js';
import { goldenRowsFolder, goldenStreamsFolder, type RawEntry } from './files.js';
import { SCENARIOS, type GoldenScenario } from './scenarios.js';

const INBOXES = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder', 'gateway'];
/** Time for readers to take in what comes after the terminal row: releases and their like. */
const SETTLE_MS = 1_500;

interface StoredRow {
  readonly row: string;
  readonly leaf: string;
}

const capture = async (scenario: GoldenScenario): Promise<void> => {
  const { name, about, incident, evidence, replies = {} } = scenario;
  const rowsFile = join(goldenRowsFolder(SCHEMA_VERSION), `${name}.json`);
  if (existsSync(rowsFile)) {
    console.info(`${name}: kept, it was captured before`);
    return;
  }
  const system = await System.start(scenario.system);
  try {
    for (const [role, reply] of Object.entries(replies)) system.model?.script(role, reply);
    const sessionId = await system.open(
      { source: 'golden', fingerprint: `golden-${name}`, service: 'checkout-api', namespace: 'shop', ...incident },
      evidence,
    );
    if (scenario.spoilt) await spoil(system, sessionId);
    await system.heard(sessionId, scenario.spoilt ? 'session.failed' : 'decision.made');
    await pause(SETTLE_MS);
    write(rowsFile, rowsText(about, await rowsOf(system, sessionId)));
    write(join(goldenStreamsFolder(SCHEMA_VERSION), `${name}.json`), await streamsText(system, sessionId, about));
    console.info(`${name}: captured session ${sessionId}`);
  } finally {
    await system.stop();
  }
};

const spoil = async (system: System, sessionId: string): Promise<void> => {
  await system.heard(sessionId, 'plan.proposed');
  const redis = connectRedis(system.redisUrl, { name: 'golden' });
  await redis.xadd(sessionKey(sessionId), '*', 'seq', '4', 'note', 'written by nobody');
  await closeRedis(redis);
};

const rowsOf = async (system: System, sessionId: string): Promise<StoredRow[]> => {
  const client = new Client({ connectionString: system.databaseUrl, options: '-c timezone=UTC' });
  await client.connect();
  const { rows } = await client.query<StoredRow>(
    `SELECT row_to_json(s)::text AS row, encode(agent_session_leaf_v1(s), 'hex') AS leaf FROM agent_sessions s WHERE session_id = $1 ORDER BY seq`,
    [sessionId],
  );
  await client.end();
  return rows;
};

/** PostgreSQL's own text, a row a line: no number passes through JavaScript. */
const rowsText = (about: string, rows: readonly StoredRow[]): string =>
  `{"about":${JSON.stringify(about)},"rows":[\n${rows.map(({ row, leaf }) => `{"leaf":"${leaf}","row":${row}}`).join(',\n')}\n]}\n`;

const streamsText = async (system: System, sessionId: string, about: string): Promise<string> => {
  const redis = connectRedis(system.redisUrl, { name: 'golden' });
  const read = async (key: string): Promise<RawEntry[]> => redis.xrange(key, '-', '+');
  const session = await read(sessionKey(sessionId));
  const inboxes: Record<string, RawEntry[]> = {};
  for (const inbox of INBOXES) {
    const entries = (await read(inboxKey(inbox))).filter(([, fields]) => fields.includes(sessionId));
    if (entries.length > 0) inboxes[inbox] = entries;
  }
  await closeRedis(redis);
  const lines = (entries: readonly RawEntry[]): string => `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
  const boxes = Object.entries(inboxes).map(([inbox, entries]) => `"${inbox}":${lines(entries)}`);
  return `{"about":${JSON.stringify(about)},"sessionId":"${sessionId}","session":${lines(session)},"inboxes":{${boxes.join(',')}}}\n`;
};

const write = (path: string, text: string): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
};

const wanted = process.argv.slice(2);
const postgres = process.env['INQUEST_TEST_DATABASE_URL'] ? undefined : await startPostgres();
if (postgres) process.env['INQUEST_TEST_DATABASE_URL'] = postgres.url;
try {
  for (const scenario of SCENARIOS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) await capture(scenario);
} finally {
  await postgres?.stop();
}
