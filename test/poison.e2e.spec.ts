import { Message } from '@inquest/contracts';
import { EXIT, styleFor } from '@inquest/cli';
import { runInMemory, type Ran } from '../apps/cli/src/testing/run-in-memory.js';
import { startProcesses, SERVICES, type Service } from '@inquest/standalone';
import { DeadLetters, inboxKey, sessionKey, SessionStreams, type DeadLetter } from '@inquest/streams';
import { anOpening, published } from '@inquest/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';
import { addRaw, diagnosisOf, inboxTamperings, ofTheNextVersion, TAMPERINGS } from './support/tampering.js';
import { until } from './support/until.js';

const Ended = z.object({ type: z.string(), output_json: z.looseObject({ reason: z.string().optional() }) });

/** What a system with a hand on its Redis is, for all the specs below. */
class Bench {
  readonly redis: Redis;
  readonly letters: DeadLetters;
  private readonly pids: string;

  constructor(readonly system: System) {
    this.redis = new Redis(system.redisUrl);
    this.letters = new DeadLetters(this.redis);
    this.pids = JSON.stringify(system.processes.pids());
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.system.stop();
  }

  /** The opening of a new session, as it stands in its stream. */
  async opened(): Promise<{ readonly streamId: string; readonly message: Message }> {
    const sessionId = await this.system.open({}, OOM_KILLED);
    await this.system.heard(sessionId, 'session.opened');
    const [[streamId, fields] = ['', []]] = await this.redis.xrange(sessionKey(sessionId), '-', '+', 'COUNT', 1);
    return { streamId, message: Message.parse(JSON.parse(fields[fields.indexOf('body') + 1] ?? '')) };
  }

  async end(sessionId: string, withinMs?: number): Promise<z.infer<typeof Ended>> {
    const [end, ...others] = await until(
      `${sessionId} has an end`,
      async () => {
        const rows = await this.system.rows(sessionId);
        const ends = rows.filter(({ type }) => type === 'decision.made' || type === 'session.failed');
        return ends.length > 0 && ends;
      },
      withinMs,
    );
    expect(others).toEqual([]);
    return Ended.parse(end);
  }

  lettersOf(session: string): Promise<DeadLetter[]> {
    return this.letters.list({ limit: 500 }).then((all) => all.filter(({ fields }) => fields['session'] === session));
  }

  /** Nobody died, and whoever lives still debates. */
  async stands(): Promise<void> {
    expect(JSON.stringify(this.system.processes.pids())).toBe(this.pids);
    await this.end(await this.system.open({}, OOM_KILLED));
  }
}

describe('what somebody else writes into Redis', () => {
  let bench: Bench;
  const log: string[] = [];
  beforeAll(async () => {
    // Nobody diagnoses, so that there is time to write into a session that goes on.
    const replicas = { ...Object.fromEntries(SERVICES.map((service) => [service, 1])), diagnostician: 0 };
    const env = { INQUEST_TURN_MS: '2500', INQUEST_DEBATE_MS: '12000' };
    bench = new Bench(await System.start({ replicas, env, onLine: (name, line) => void log.push(`${name} ${line}`) }));
  }, 120_000);
  afterAll(() => bench.stop());

  it('into the keys of sessions lets each of them end, in the way that it can, and once', async () => {
    const other = (await bench.opened()).message.sessionId;
    const opened = await Promise.all(TAMPERINGS.map(() => bench.opened()));
    await Promise.all(
      TAMPERINGS.map(({ write }, index) => write(bench.redis, (opened[index] as { message: Message }).message, other)),
    );
    const ends = await Promise.all(opened.map(({ message }) => bench.end(message.sessionId)));
    const seen = TAMPERINGS.map(({ name }, index) => [name, ends[index]?.type, ends[index]?.output_json.reason]);
    const expected = TAMPERINGS.map(({ name, ends: how }) =>
      how === 'decided'
        ? [name, 'decision.made', undefined]
        : [name, 'session.failed', expect.stringMatching(how.failed) as string],
    );
    expect(seen).toEqual(expected);
    await bench.stands();
  }, 90_000);

  it('and that nobody can read stands in the dead letters, with the reason', async () => {
    const unreadable = TAMPERINGS.filter(({ ends }) => ends !== 'decided').length;
    const about = (letters: readonly DeadLetter[]) => new Set(letters.map(({ fields }) => fields['session'])).size;
    const letters = await until('a letter of each', async () => {
      const all = await bench.letters.list({ limit: 500 });
      return about(all) >= unreadable && all;
    });
    expect(
      letters
        .map(({ reason }) => reason)
        .filter((reason) => !/^(unreadable|newer-schema|refused|superseded|deliveries-exhausted)$/.test(reason)),
    ).toEqual([]);
    for (const { detail, advice } of letters) expect(Math.min(detail.length, advice.length)).toBeGreaterThan(10);
  });

  it('into every inbox stops no service, and nobody’s session', async () => {
    const going = await bench.opened();
    const inboxes = SERVICES.filter((service) => service !== 'diagnostician');
    for (const inbox of inboxes)
      for (const [, fields] of inboxTamperings(going)) await addRaw(bench.redis, inboxKey(inbox), fields);
    await bench.end(going.message.sessionId);
    // The gateway waits a minute for a row that may still be on its way; the others have nothing to wait for.
    for (const inbox of inboxes.filter((name) => name !== 'gateway'))
      await until(`nothing is pending in ${inbox}`, async () => (await bench.redis.xpending(inboxKey(inbox), inbox))[0] === 0);
    await bench.stands();
    const letters = await bench.letters.list({ limit: 500 });
    for (const inbox of inboxes) expect([inbox, letters.some((letter) => letter.inbox === inbox)]).toEqual([inbox, true]);
    expect(log.filter((line) => /unhandled|uncaught/i.test(line))).toEqual([]);
  }, 90_000);

  it('of a newer schema version is set aside and said so, by every service, and guessed at by none', async () => {
    const { message: opened } = await bench.opened();
    const newer = ofTheNextVersion(diagnosisOf(opened));
    const { sessionId, type, role } = newer;
    const streams = new SessionStreams(bench.redis, { groups: [] });
    const body = JSON.stringify(newer);
    const result = await streams.publish({
      sessionId,
      key: 'diagnostician:1:answer',
      type,
      role,
      body,
      to: ['solver', 'recorder'],
    });
    expect(result.status).toBe('published');
    const end = await bench.end(sessionId);
    expect(end).toMatchObject({
      type: 'session.failed',
      output_json: { code: 'unreadable', reason: expect.stringContaining('schema version 2') as string },
    });
    const letters = await until('the solver’s letter', async () => {
      const found = (await bench.lettersOf(sessionId)).filter(({ inbox }) => inbox === 'solver');
      return found.length > 0 && found;
    });
    expect(letters).toMatchObject([{ reason: 'newer-schema', advice: expect.stringContaining('update the reader') as string }]);
    expect(
      log.some((line) => line.startsWith('solver') && line.includes('newer-schema') && line.includes('schema version 2')),
    ).toBe(true);
    expect(
      log.some((line) => line.startsWith('recorder') && line.includes('newer schema version') && line.includes(sessionId)),
    ).toBe(true);
    // It is on record as it came, and whoever shows it shows its envelope.
    const response = await bench.system.request(`/v1/audit/sessions?sessionId=${sessionId}`);
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toContain('"schemaVersion":2');
    const { code, err } = await cli(bench.system, 'replay', sessionId);
    expect([code, err]).toEqual([EXIT.failed, expect.stringContaining('a newer version of Inquest wrote it') as string]);
  }, 60_000);
});

describe('a handler that breaks', () => {
  let bench: Bench;
  let broken: Awaited<ReturnType<typeof startProcesses>>;
  beforeAll(async () => {
    const replicas = { ...Object.fromEntries(SERVICES.map((service) => [service, 1])), solver: 0 };
    bench = new Bench(await System.start({ replicas }));
    const none = Object.fromEntries(SERVICES.map((service) => [service, 0])) as Record<Service, number>;
    broken = await startProcesses({
      replicas: { ...none, solver: 1 },
      env: {
        ...{ REDIS_URL: bench.system.redisUrl, DATABASE_URL: bench.system.databaseUrl, LOG_LEVEL: 'fatal' },
        INQUEST_FAILPOINTS: 'streams.publish:before=throw',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await broken.stop();
    await bench.stop();
  });

  it('costs its session that answer and not its end, and the letter says with what and where it broke', async () => {
    const sessionId = await bench.system.open({}, OOM_KILLED);
    const decision = await bench.system.decided(sessionId, 31_000);
    expect(decision).toMatchObject({ degraded: true, requiresHumanApproval: true });
    expect(decision.votes.find(({ voter }) => voter === 'solver')).toMatchObject({ answeredFor: true });
    const [letter] = await until('the letter', async () => {
      const found = await bench.lettersOf(sessionId);
      return found.length > 0 && found;
    });
    expect(letter).toMatchObject({
      ...{ inbox: 'solver', reason: 'deliveries-exhausted', deliveries: 5 },
      errorClass: expect.stringMatching(/^FailpointError at [\w.]+$/) as string,
      detail: expect.stringContaining('failed 5 times') as string,
    });
    const shown = await (await bench.system.request('/v1/dead-letters')).json();
    expect(shown).toMatchObject({ count: 1, letters: [{ id: letter?.id, errorClass: letter?.errorClass }] });
    const { out } = await cli(bench.system, 'dead-letters', 'list');
    expect(out).toMatch(/ERROR[\s\S]*FailpointError at/);
  }, 60_000);

  it('once mended takes what was put back, and answers', async () => {
    const { message } = published('session.opened', anOpening(), { sessionId: randomUUID(), vote: null });
    const { sessionId, type, role } = message;
    await addRaw(bench.redis, inboxKey('diagnostician'), ['session', sessionId, 'id', '1-1', 'seq', 1, 'type', type]);
    const [letter] = await until('the letter', async () => {
      const found = await bench.lettersOf(sessionId);
      return found.length > 0 && found;
    });
    expect(letter).toMatchObject({ reason: 'unknown-session', inbox: 'diagnostician' });
    const groups = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'];
    const streams = new SessionStreams(bench.redis, { groups });
    await streams.publish({
      sessionId,
      key: 'gateway:1:opened',
      type,
      role,
      body: JSON.stringify(message),
      to: ['recorder'],
      opens: true,
    });
    const retried = await bench.system.request(`/v1/dead-letters/${letter?.id}/retry`, { method: 'POST' });
    expect(retried.status).toBe(200);
    expect(await bench.system.heard(sessionId, 'diagnosis.reported')).toMatchObject({
      agent_role: 'diagnostician',
      on_behalf_of: null,
    });
    expect(await bench.lettersOf(sessionId)).toEqual([]);
  }, 60_000);
});

describe('a coordinator that breaks over every session', () => {
  let bench: Bench;
  beforeAll(async () => {
    const env = { INQUEST_TURN_MS: '1000', INQUEST_DEBATE_MS: '6000', INQUEST_FAILPOINTS: 'streams.read:before=throw' };
    bench = new Bench(await System.start({ env }));
  }, 120_000);
  afterAll(() => bench.stop());

  it('ends them all the same, as failed, with the class of the error as the reason', async () => {
    const sessionId = await bench.system.open({}, OOM_KILLED);
    const end = await bench.end(sessionId, 30_000);
    expect(end).toMatchObject({
      type: 'session.failed',
      output_json: {
        code: 'poisoned',
        reason: expect.stringMatching(/broke over it 5 times \(FailpointError at [\w.]+\)/) as string,
      },
    });
  }, 60_000);
});

/** The command line against a system, in this process. */
const cli = (system: System, ...args: string[]): Promise<Ran> =>
  runInMemory(args, {
    style: styleFor({ columns: 300 }, {}),
    environment: { INQUEST_URL: system.processes.url, INQUEST_TOKEN: 'e2e-token' },
  });
