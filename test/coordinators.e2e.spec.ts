import { isTerminal, Message, seal, type Draft, type MessageType, type Role } from '@inquest/contracts';
import { addressees, causesOf, decide, fold, type Session } from '@inquest/debate';
import { openRecord } from '@inquest/record';
import { connectRedis, SessionStreams, type RedisConnection } from '@inquest/streams';
import { aCritique, aDiagnosis, aPlan, aVerdict } from '@inquest/testing';
import { System } from './support/system.js';

const DEBATES = 1_000;
const AT_ONCE = 40;

/** Plays the four roles, so that verdict and critique can be said in the same instant. */
class Cast {
  readonly streams: SessionStreams;
  constructor(redis: RedisConnection) {
    this.streams = new SessionStreams(redis, {
      groups: ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator', 'single', 'recorder'],
    });
  }

  async session(sessionId: string): Promise<Session> {
    const entries = await this.streams.read(sessionId);
    const session = fold(entries.map(({ id, seq, body }) => ({ seq, streamId: id, message: Message.parse(JSON.parse(body)) })));
    if (!session) throw new Error(`session ${sessionId} is not open`);
    return session;
  }

  async say<T extends MessageType>(
    session: Session,
    role: Role,
    type: T,
    data: Draft<T>['data'],
    to: string[] = [...addressees(type, 'debate'), 'recorder'],
  ): Promise<void> {
    const { sessionId, incidentId } = session.opened.message;
    const message = seal<T>({
      ...{
        type,
        data,
        sessionId,
        incidentId,
        role,
        slot: isTerminal(type) ? 'decision' : 'answer',
        mind: 'model',
        degraded: false,
        vote: 'APPROVE',
        ruleSet: 'e2e',
        latencyMs: 1,
      },
      occurredAt: new Date().toISOString(),
      causes: causesOf(role, session),
    });
    await this.streams.publish({
      sessionId,
      key: `${role}:1:${message.slot}`,
      type,
      role,
      body: JSON.stringify(message),
      to,
      closes: isTerminal(type),
    });
  }

  /** The whole debate up to the two messages that wake the coordinators, which go out in one tick. */
  async play(sessionId: string): Promise<void> {
    await this.say(await this.session(sessionId), 'diagnostician', 'diagnosis.reported', aDiagnosis());
    await this.say(await this.session(sessionId), 'solver', 'plan.proposed', aPlan());
    const session = await this.session(sessionId);
    await Promise.all([
      this.say(session, 'reviewer', 'verdict.given', aVerdict()),
      this.say(session, 'critic', 'critique.raised', aCritique()),
    ]);
  }
}

describe('three coordinators with verdict and critique within a millisecond', () => {
  let system: System;
  let redis: RedisConnection;
  beforeAll(async () => {
    const nobody = { diagnostician: 0, solver: 0, reviewer: 0, critic: 0, single: 0 };
    system = await System.start({ replicas: { ...nobody, coordinator: 3, recorder: 2 } });
    redis = connectRedis(system.redisUrl, { name: 'cast' });
  }, 120_000);
  afterAll(async () => {
    redis.disconnect();
    await system.stop();
  });

  it(`make exactly one decision in each of ${DEBATES} debates`, async () => {
    const cast = new Cast(redis);
    let begun = 0;
    const next = async (): Promise<void> => {
      while (begun++ < DEBATES) {
        const sessionId = await system.open();
        await system.heard(sessionId, 'session.opened', 60_000);
        await cast.play(sessionId);
        expect(await system.decided(sessionId, 60_000)).toMatchObject({ gate: 6, degraded: false });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    const [counted] = await system.query<Record<string, string>>(
      `select count(*) filter (where type = 'decision.made') as decisions, count(*) as rows, count(distinct session_id) as sessions from agent_sessions`,
    );
    expect(counted).toEqual({ decisions: String(DEBATES), rows: String(6 * DEBATES), sessions: String(DEBATES) });
    const [close] = await system.query<{ n: string }>(
      `select count(*) as n from agent_sessions v join agent_sessions c using (session_id)
       where v.type = 'verdict.given' and c.type = 'critique.raised'
         and abs(split_part(v.stream_id, '-', 1)::bigint - split_part(c.stream_id, '-', 1)::bigint) <= 1`,
    );
    console.info(`${close?.n} of ${DEBATES} debates had verdict and critique within 1 ms of each other`);
    expect(Number(close?.n)).toBeGreaterThan(DEBATES * 0.9);
  }, 300_000);

  it('see to it that a decision reaches the record though its maker died before telling anyone', async () => {
    const cast = new Cast(redis);
    const sessionId = await system.open();
    await system.heard(sessionId, 'session.opened');
    const session = await cast.session(sessionId);
    // Exactly what SIGKILL leaves behind between storing an event and announcing it.
    await cast.say(session, 'coordinator', 'decision.made', decide(session), []);
    const decision = await system.decided(sessionId, 31_000);
    expect(decision).toMatchObject({ outcome: 'escalate', gate: 2 });
  }, 60_000);

  it('leave no entry pending', async () => {
    const record = await openRecord(system.databaseUrl);
    try {
      expect(await record.ledger.verify()).toMatchObject({ findings: [] });
    } finally {
      await record.close();
    }
    for (const inbox of ['coordinator', 'recorder']) {
      const [pending] = await redis.xpending(`aiops:inbox:${inbox}`, inbox);
      expect({ inbox, pending }).toEqual({ inbox, pending: 0 });
    }
  });
});
