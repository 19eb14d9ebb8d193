import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';

const DEBATES = 1_000;
const AT_ONCE = 50;

describe('three coordinators with verdict and critique within the same millisecond', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ replicas: { coordinator: 3, recorder: 2 } });
  }, 120_000);
  afterAll(() => system.stop());

  it(`make exactly one decision in each of ${DEBATES} debates`, async () => {
    const sessions: string[] = [];
    const latencies: number[] = [];
    const next = async (): Promise<void> => {
      while (sessions.length < DEBATES) {
        const startedAt = performance.now();
        const opening = system.open({}, OOM_KILLED);
        sessions.push('');
        const index = sessions.length - 1;
        sessions[index] = await opening;
        await system.decided(sessions[index] ?? '', 60_000);
        latencies.push(performance.now() - startedAt);
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
    expect(Number(close?.n)).toBeGreaterThan(0);
  }, 300_000);
});
