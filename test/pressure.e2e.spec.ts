import { startPostgres, startRedis, type PostgresServer, type RedisServer } from '@inquest/servers';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';

const BACKLOG = 300;
const UNOPENED_MAX = 20;
const SENDERS = 24;
/** Opening, diagnosis, plan, verdict, critique, decision. */
const MESSAGES_OF_A_DEBATE = 6;
/** Entries that are finished may wait this long for the next trim, node by node of the stream. */
const UNTRIMMED = 200;
/** Entries that a recorder may have committed and not yet acknowledged. */
const IN_HAND = 200;
const ROLES = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator'];

interface Answers {
  readonly accepted: string[];
  readonly refused: { readonly status: number; readonly retryAfter: string | null; readonly type: string | null }[];
}

describe('more than can be recorded', () => {
  let redisServer: RedisServer;
  let postgres: PostgresServer;
  let redis: Redis;
  let system: System;
  /** What the gateway could not explain. */
  const failures: string[] = [];
  /** Everything that got a 2xx, over all tests. */
  const accepted: string[] = [];

  beforeAll(async () => {
    [redisServer, postgres] = await Promise.all([startRedis(), startPostgres()]);
    system = await System.start({
      redisUrl: redisServer.url,
      databaseUrl: postgres.url,
      env: {
        INQUEST_RECORDER_BACKLOG: String(BACKLOG),
        INQUEST_SESSIONS_MAX: String(BACKLOG / MESSAGES_OF_A_DEBATE),
        INQUEST_RECORDER_LAG_MS: '600000',
        INQUEST_UNOPENED_MAX: String(UNOPENED_MAX),
        LOG_LEVEL: 'error',
      },
      onLine: (_, line) => void (line.includes('a request failed') && failures.push(line)),
    });
    redis = new Redis(redisServer.url);
    redis.on('error', () => undefined);
  }, 120_000);
  afterAll(async () => {
    redis.disconnect();
    await system.stop();
    await Promise.all([redisServer.stop(), postgres.stop()]);
  });

  /** Sends as fast as it goes until somebody says stop. */
  const hammer = async (isOver: (answers: Answers) => boolean, senders = SENDERS): Promise<Answers> => {
    const answers: Answers = { accepted: [], refused: [] };
    const send = async (): Promise<void> => {
      while (!isOver(answers)) {
        const incident = { title: 'checkout-api restarts', fingerprint: crypto.randomUUID(), startsAt: new Date().toISOString() };
        const response = await system.request('/v1/incidents', {
          method: 'POST',
          body: JSON.stringify({ incident, evidence: OOM_KILLED }),
        });
        const { sessionId } = (await response.json()) as { sessionId?: string };
        if (response.status === 202 && sessionId !== undefined) answers.accepted.push(sessionId);
        else {
          const { status, headers } = response;
          answers.refused.push({ status, retryAfter: headers.get('retry-after'), type: headers.get('content-type') });
          await pause(20);
        }
      }
    };
    await Promise.all(Array.from({ length: senders }, send));
    accepted.push(...answers.accepted);
    return answers;
  };
  const length = (role: string): Promise<number> => redis.xlen(`aiops:inbox:${role}`);
  /** Handed out and not acknowledged, and those that nobody has read. */
  const unfinished = async (role: string): Promise<number> => {
    const key = `aiops:inbox:${role}`;
    const [groups, pending] = await Promise.all([redis.xinfo('GROUPS', key), redis.xpending(key, role)]);
    const flat = z.array(z.array(z.unknown())).parse(groups)[0] ?? [];
    const delivered = z.string().parse(flat[flat.indexOf('last-delivered-id') + 1]);
    return z.coerce.number().parse(pending[0]) + (await redis.xrange(key, `(${delivered}`, '+')).length;
  };
  const refusedWell = ({ refused }: Answers): void => {
    for (const answer of refused)
      expect(answer).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^\d+$/) as unknown,
        type: expect.stringMatching(/^application\/problem\+json/) as unknown,
      });
  };
  /** Waits until all that was accepted has been decided, and only once. */
  const everythingIsDecided = async (): Promise<void> => {
    const end = Date.now() + 60_000;
    let open = accepted.length;
    while (open > 0 && Date.now() < end) {
      await pause(100);
      const rows = await system
        .query<{ decided: string }>(
          `select count(*) as decided from agent_sessions where type = 'decision.made' and session_id = any($1)`,
          [accepted],
        )
        .catch(() => []);
      open = accepted.length - Number(rows[0]?.decided ?? 0);
    }
    expect(open).toBe(0);
    const [{ rows } = { rows: '0' }] = await system.query<{ rows: string }>(
      `select count(*) as rows from agent_sessions where session_id = any($1)`,
      [accepted],
    );
    expect(Number(rows)).toBe(accepted.length * MESSAGES_OF_A_DEBATE);
  };
  const isOpenAgain = async (): Promise<void> => {
    const { accepted: taken } = await hammer((answers) => answers.accepted.length > 0, 1);
    expect(taken.length).toBe(1);
  };

  it('fills an inbox to its bound and no further while the recorder stands still, and is all recorded afterwards', async () => {
    await system.processes.kill('recorder', 0, 'SIGSTOP');
    try {
      const startedAt = performance.now();
      const first = await hammer(({ refused }) => refused.length > 0);
      const closedAfterMs = Math.round(performance.now() - startedAt);
      const atClose = await length('recorder');
      const more = await hammer(({ refused }) => refused.length >= 100);
      refusedWell(first);
      refusedWell(more);
      const highest = await settled('recorder');
      const distinct = await messagesIn('recorder');
      console.info(
        `recorder stopped: ${first.accepted.length} incidents in ${closedAfterMs} ms, then 503; the inbox had ${atClose} messages then ` +
          `and ${highest} in the end, ${highest - distinct} of them repeats, at a bound of ${BACKLOG}; ${more.accepted.length} accepted later`,
      );
      expect(distinct).toBeLessThanOrEqual(BACKLOG);
      // Whoever takes over from another announces again what that one had said.
      expect(highest).toBeLessThanOrEqual(BACKLOG + UNTRIMMED);
      expect(first.accepted.length + more.accepted.length).toBeLessThanOrEqual(BACKLOG / MESSAGES_OF_A_DEBATE);
      for (const role of ROLES) expect(await length(role)).toBeLessThanOrEqual(first.accepted.length + UNTRIMMED);
    } finally {
      await system.processes.kill('recorder', 0, 'SIGCONT');
    }
    await everythingIsDecided();
    await isOpenAgain();
  }, 120_000);

  it('is refused in part while the recorder is slow, and the inbox stays bounded', async () => {
    let slow = true;
    let highest = 0;
    let waiting = 0;
    const slowing = (async () => {
      while (slow) {
        await system.processes.kill('recorder', 0, 'SIGSTOP');
        await pause(450);
        highest = Math.max(highest, await length('recorder'));
        waiting = Math.max(waiting, await unfinished('recorder'));
        await system.processes.kill('recorder', 0, 'SIGCONT');
        await pause(50);
      }
    })();
    const endsAt = Date.now() + 8_000;
    const answers = await hammer(() => Date.now() > endsAt).finally(() => (slow = false));
    await slowing;
    refusedWell(answers);
    console.info(
      `recorder at a tenth: ${answers.accepted.length} accepted, ${answers.refused.length} refused, inbox at most ${highest}, ${waiting} of them not acknowledged`,
    );
    expect(answers.accepted.length).toBeGreaterThan(0);
    expect(answers.refused.length).toBeGreaterThan(0);
    // A recorder that stands still between commit and acknowledgement holds what is on record already.
    expect(waiting).toBeLessThanOrEqual(BACKLOG + IN_HAND);
    // What is not trimmed yet counts for the gateway too; who was let in before it says stop still has all to say.
    expect(highest).toBeLessThanOrEqual(2 * BACKLOG + UNTRIMMED);
    await everythingIsDecided();
    await isOpenAgain();
  }, 120_000);

  it('is refused with 503 while PostgreSQL is down, and nothing that was accepted is lost', async () => {
    const answering = hammer(({ refused }) => refused.length >= 50);
    await pause(300);
    await postgres.kill();
    const answers = await answering.finally(() => postgres.restart());
    expect(failures.filter((line) => line.includes('"status":500'))).toEqual([]);
    refusedWell(answers);
    await everythingIsDecided();
    await isOpenAgain();
  }, 120_000);

  it('is committed while Redis is away, so many and no more, and debated when Redis is back', async () => {
    await redisServer.kill();
    // An instant in which the gateway has not noticed yet is none of this test's concern.
    await pause(500);
    const answers = await hammer(({ refused }) => refused.length >= 100).finally(() => redisServer.restart());
    refusedWell(answers);
    console.info(`Redis away: ${answers.accepted.length} accepted at a bound of ${UNOPENED_MAX}`);
    expect(answers.accepted.length).toBeGreaterThan(0);
    expect(answers.accepted.length).toBeLessThanOrEqual(UNOPENED_MAX);
    await everythingIsDecided();
    await isOpenAgain();
  }, 120_000);

  /** Messages in an inbox, each counted once however often it was announced. */
  const messagesIn = async (role: string): Promise<number> => {
    const entries = await redis.xrange(`aiops:inbox:${role}`, '-', '+');
    return new Set(entries.map(([, fields]) => `${fields[fields.indexOf('session') + 1]} ${fields[fields.indexOf('id') + 1]}`))
      .size;
  };

  /** Its length once nobody has anything to add. */
  const settled = async (role: string): Promise<number> => {
    for (let before = -1, now = await length(role); ; before = now, now = await length(role)) {
      if (now === before) return now;
      await pause(2_000);
    }
  };
});
