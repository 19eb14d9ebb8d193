import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { QueryConfig } from 'pg';
import { z } from 'zod';
import { poolOf } from './record.js';
import { roleNamed, type RoleStart } from './role-start.js';
import { answer, ANSWERS, incidentOf, type Role, SPEAKERS, type Step } from './work.js';

/** Channel on which decisions are told, as they are. */
export const DECIDED = 'bench_decided';

const logger = new Logger(() => (level, text) => {
  if (String(level) === 'error') console.error(text);
});

/** The library's own tables, and one in which review and critique meet. */
export const prepareGraphile = async (databaseUrl: string): Promise<void> => {
  const pool = poolOf(databaseUrl, 1);
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  await utils.release();
  await pool.query('CREATE TABLE verdicts (session text PRIMARY KEY, first text NOT NULL, second text)');
  await pool.end();
};

// Every message is recorded by the statement that passes it on, so one transaction per message has both or neither.
const RECORD = `recorded AS (
  INSERT INTO agent_sessions (session_id, incident_id, role, step, payload) VALUES ($1::text, $2, $3, $4, $5::text::jsonb))`;

/** Further parameter: who hears it. */
const TELL = `WITH ${RECORD}
  SELECT graphile_worker.add_job(reader, json_build_object('session', $1::text, 'heard', json_build_array($5::text)))
  FROM unnest($6::text[]) AS reader`;

const JOIN = `WITH ${RECORD}, verdict AS (
    INSERT INTO verdicts AS other (session, first) VALUES ($1::text, $5::text)
    ON CONFLICT (session) DO UPDATE SET second = excluded.first
    RETURNING first, second)
  SELECT graphile_worker.add_job('coordinator', json_build_object('session', $1::text, 'heard', json_build_array(first, second)))
  FROM verdict WHERE second IS NOT NULL`;

const RELEASE = `WITH ${RECORD} SELECT pg_notify('${DECIDED}', $5::text)`;

/** Records a message and passes it on to whoever waits for it. */
export const say = (session: string, step: Step, payload: string): QueryConfig => {
  const values = [session, incidentOf(session), SPEAKERS[step], step, payload];
  const tell = (...readers: Role[]): QueryConfig => ({ name: 'tell', text: TELL, values: [...values, readers] });
  if (step === 'incident') return tell('diagnostician');
  if (step === 'diagnosis') return tell('solver');
  if (step === 'proposal') return tell('reviewer', 'critic');
  if (step === 'decision') return { name: 'release', text: RELEASE, values };
  return { name: 'join', text: JOIN, values };
};

const Task = z.object({ session: z.string(), heard: z.array(z.string()) });

/** Found by measuring: more at once, or more connections, only wait for each other's locks. */
const CONCURRENCY = 8;
export const POOL_MAX = 8;

export const startGraphile: RoleStart = async (name, { databaseUrl }, onFault) => {
  const role = roleNamed(name);
  const pool = poolOf(databaseUrl, POOL_MAX);
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger,
    // Jobs are fetched and completed in batches.
    preset: { worker: { localQueue: { size: 64 }, completeJobBatchDelay: 1, failJobBatchDelay: 1 } },
    taskList: {
      [role]: async (payload: unknown) => {
        const { session, heard } = Task.parse(payload);
        await pool.query(say(session, ANSWERS[role], answer(role, session, heard)));
      },
    },
  });
  runner.events.on('job:failed', ({ error }) => onFault(error instanceof Error ? error : new Error(String(error))));
  runner.promise.catch(onFault);
};
