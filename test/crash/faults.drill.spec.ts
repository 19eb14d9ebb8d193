import { SERVICES, type Service } from '@inquest/standalone';
import { inboxKey } from '@inquest/streams';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { OOM_KILLED } from '../support/incidents.js';
import { redisOffMs } from './faults/clock.js';
import { faultsAt, type Victim } from './faults/index.js';
import { postgresSays, postgresStart, redisAnswers, until } from './faults/probes.js';
import { superuser } from './faults/postgres.js';
import { directly } from './faults/redis.js';
import { through } from './proxy.js';
import { SeededRandom } from '@inquest/testing';
import { startRig, type Rig } from './rig.js';

const FAULTS = faultsAt({ stillMs: [2_500, 2_500], downMs: [800, 800] });
const MARK = 'crash:mark';
const LATE = 'crash:late';
const GROW = 'INSERT INTO crash_ballast SELECT repeat(i::text, 1000) FROM generate_series(1, 2000) AS i';
const WRITE = 'INSERT INTO incidents DEFAULT VALUES'; // Refused for its nulls, if writing is possible at all.
const NOT_NULL = '23502';

let rig: Rig;
const lost: string[] = [];

beforeAll(async () => {
  const onLost = (name: string, how: string) => void lost.push(`${name}: ${how}`);
  rig = await startRig({ redis: { appendOnly: true, shiftableClock: true }, onLost });
  await superuser(rig, (client) => client.query('CREATE TABLE crash_ballast (text text)'));
}, 120_000);
afterAll(() => rig.stop(), 60_000);
beforeEach(async () => {
  lost.length = 0;
  await directly(rig, (redis) => redis.mset(MARK, '1', LATE, '0'));
});

const pid = (service: Service): number | undefined => rig.processes.pids()[service][0];
const mark = () => directly(rig, (redis) => redis.get(MARK));
const redisVia = () => redisAnswers(through(rig.redisUrl, rig.redisProxy.port));
const postgresVia = () => postgresSays(through(rig.applicationUrl, rig.postgresProxy.port));

/** Runs a fault and meanwhile waits until what it does can be seen; afterwards the system debates as before. */
const suffer = async (name: string, victim: Victim, seen: () => Promise<boolean>): Promise<void> => {
  const fault = FAULTS.find((one) => one.name === name);
  if (!fault) throw new Error(`There is no fault ${name}.`);
  const reason = fault.unavailable?.(rig);
  if (reason) return console.warn(`skipped, ${name}: ${reason}`);
  await Promise.all([fault.run(rig, victim, new SeededRandom(7)), until(`${name} strikes ${victim}`, seen)]);
  await debated();
  expect(lost.filter((one) => !one.endsWith('SIGKILL'))).toEqual([]);
};

const Receipt = z.object({ sessionId: z.string() });

/** Hands in an incident, again and again until it is taken, and waits for its decision. */
const debated = async (): Promise<void> => {
  const incident = {
    source: 'crash',
    fingerprint: randomUUID(),
    title: 'checkout-api restarts',
    startsAt: new Date().toISOString(),
    severity: 'critical',
  };
  const init = {
    method: 'POST',
    headers: { 'idempotency-key': randomUUID() },
    body: JSON.stringify({ incident, evidence: OOM_KILLED }),
  };
  let sessionId = '';
  await until(
    'the gateway takes incidents again',
    async () => {
      const response = await rig.request('/v1/incidents', { ...init, signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      if (response?.status === 202) sessionId = Receipt.parse(await response.json()).sessionId;
      return sessionId !== '';
    },
    30_000,
  );
  const decisions = "SELECT FROM agent_sessions WHERE session_id = $1 AND type = 'decision.made'";
  const decided = () => superuser(rig, async (client) => (await client.query(decisions, [sessionId])).rowCount === 1);
  await until('the debate has ended', decided, 45_000);
};

const always = async (): Promise<boolean> => true;

describe('a fault of processes', () => {
  it.each(['SIGKILL', 'SIGKILL of all replicas'] as const)(
    '%s leaves nobody there, then a successor',
    async (name) => {
      const before = pid('critic');
      await suffer(name, 'critic', async () => pid('critic') === undefined);
      expect(pid('critic')).not.toBe(before);
    },
    90_000,
  );

  it('SIGTERM, rolling, exchanges the process', async () => {
    const before = pid('solver');
    await suffer('SIGTERM, rolling', 'solver', async () => pid('solver') !== before);
  }, 90_000);

  it('SIGSTOP lets it stand still', async () => {
    const state = async () => /^State:\s+(\w)/m.exec(await readFile(`/proc/${pid('reviewer')}/status`, 'utf8'))?.[1];
    await suffer('SIGSTOP', 'reviewer', async () => (await state()) === 'T');
  }, 90_000);
});

describe('a fault of Redis', () => {
  const gone = async () => !(await redisVia());

  it('SIGKILL with AOF keeps the data', async () => {
    await suffer('Redis SIGKILL with AOF', 'redis', gone);
    expect(await mark()).toBe('1');
  }, 90_000);

  it('SIGKILL without AOF loses all of it', async () => {
    await suffer('Redis SIGKILL without AOF', 'redis', gone);
    expect(await mark()).toBeNull();
  }, 90_000);

  it('SIGSTOP lets it stand still', () => suffer('Redis SIGSTOP', 'redis', gone), 90_000);

  it('FLUSHALL loses all data', () => suffer('Redis FLUSHALL', 'redis', async () => (await mark()) === null), 90_000);

  it('a failover keeps the data but for the last writes', async () => {
    const old = rig.redis;
    let written = 0;
    const write = async () => {
      if (rig.redis !== old) return true;
      written = await directly({ redisUrl: old.url }, (redis) => Promise.race([redis.incr(LATE), unanswered()])).catch(
        () => written,
      );
      return false;
    };
    await suffer('Redis failover, last writes lost', 'redis', write);
    expect(await mark()).toBe('1');
    expect(Number(await directly(rig, (redis) => redis.get(LATE)))).toBeLessThan(written);
  }, 90_000);

  it.each([90_000, -90_000])(
    'its clock is %i ms off and then right again',
    async (offMs) => {
      const isOff = async () => Math.abs((await redisOffMs(rig)) - offMs) < 2_000;
      await suffer(`Redis clock ${offMs > 0 ? '+' : ''}${offMs / 1_000} s`, 'redis', isOff);
      expect(Math.abs(await redisOffMs(rig))).toBeLessThan(2_000);
    },
    90_000,
  );
});

/** A server that is killed in the middle of a command leaves ioredis waiting for its successor. */
const unanswered = () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), 500).unref());

describe('a fault of PostgreSQL', () => {
  const says = (code: RegExp, statement?: string) => async () => code.test(await postgresSays(rig.applicationUrl, statement));

  it.each([
    ['Postgres SIGKILL', says(/ECONN|57P/)],
    ['Postgres SIGSTOP', says(/silent/)],
    ['Postgres read-only', says(/25006/, WRITE)],
    ['Postgres connections exhausted', says(/53300/)],
    ['disk of the log full', says(/ECONN|57P|silent/)],
  ])(
    '%s is seen by whoever connects, and passes',
    async (name, seen) => {
      await suffer(name, 'postgres', seen);
      await until('the record can be written', async () => (await postgresSays(rig.applicationUrl, WRITE)) === NOT_NULL);
    },
    90_000,
  );

  it('a fast restart exchanges the server', async () => {
    const before = await postgresStart(rig);
    await suffer('Postgres fast restart', 'postgres', always);
    expect(await postgresStart(rig)).not.toBe(before);
  }, 90_000);

  it('terminates the backends of all', async () => {
    const client = new Client({ connectionString: rig.applicationUrl });
    let ended = false;
    client.on('error', () => (ended = true));
    await client.connect();
    await suffer('Postgres backends terminated', 'postgres', async () => ended);
  }, 90_000);

  it('a full disk lets no table grow', async () => {
    const grows = () =>
      superuser(rig, (client) => client.query(GROW)).then(
        () => true,
        () => false,
      );
    await suffer('disk of the tables full', 'postgres', async () => !(await grows()));
    expect(await grows()).toBe(true);
  }, 90_000);
});

describe('a fault of the network', () => {
  it.each([
    ['network to Redis silent', 'network', async () => !(await redisVia())],
    ['network to Redis cut', 'network', async () => !(await redisVia())],
    ['network to Postgres silent', 'network', async () => (await postgresVia()) === 'silent'],
    ['network to Postgres silent, answers lost', 'coordinator', async () => rig.postgresProxy.dumb > 0],
    ['network to Postgres cut', 'network', async () => (await postgresVia()) === 'ECONNRESET'],
  ] as const)(
    '%s is met on the way, and passes',
    async (name, victim, seen) => {
      await suffer(name, victim, seen);
      await until('both servers answer', async () => (await redisVia()) && (await postgresVia()) === 'ok');
    },
    90_000,
  );
});

it.each(['clock +3600 s', 'clock -3600 s', 'clock +90 s', 'clock -90 s'])(
  '%s of a service does not end it',
  async (name) => {
    const before = pid('coordinator');
    await suffer(name, 'coordinator', always);
    expect(pid('coordinator')).toBe(before);
  },
  90_000,
);

it('deliveries are repeated', async () => {
  const added = () =>
    directly(rig, async (redis) => {
      const infos = await Promise.all(SERVICES.map((service) => redis.xinfo('STREAM', inboxKey(service)).catch(() => [])));
      return infos.map((info) => z.array(z.unknown()).parse(info)).reduce((sum, info) => sum + entriesAdded(info), 0);
    });
  const start = await added();
  await debated();
  const once = (await added()) - start;
  const seen = async () => {
    const before = await added();
    await debated();
    return (await added()) - before > once;
  };
  await suffer('deliveries repeated and out of order', 'delivery', seen);
}, 90_000);

const entriesAdded = (info: readonly unknown[]): number => Number(info[info.indexOf('entries-added') + 1] ?? 0);
