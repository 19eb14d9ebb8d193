import { recompute } from '@inquest/debate';
import { openRecord } from '@inquest/record';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';

describe.each([1, 2, 3])('a debate between processes, %i of each', (replicas) => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ replicas });
  }, 120_000);
  afterAll(() => system.stop());

  it('turns an incident into one decision, with every message on record', async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    const decision = await system.decided(sessionId);
    const rows = await system.rows(sessionId);
    expect(rows.map(({ type }) => type).sort()).toEqual([
      'critique.raised',
      'decision.made',
      'diagnosis.reported',
      'plan.proposed',
      'session.opened',
      'verdict.given',
    ]);
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(decision).toMatchObject({ outcome: 'human-approval', requiresHumanApproval: true, degraded: false });
    expect(decision.hypothesis).toMatchObject({ category: 'resource_exhaustion', faultType: 'oom_killed' });
    expect(decision.actions.length).toBeGreaterThan(0);
  });

  it('is one trace, whoever spoke', async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.decided(sessionId);
    const traces = new Set((await system.rows(sessionId)).map((row) => row.trace_id));
    expect(traces.size).toBe(1);
    expect([...traces][0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('ends without an action when the evidence cannot answer', async () => {
    const decision = await system.decided(await system.open({ title: 'something is odd' }));
    expect(decision).toMatchObject({ outcome: 'escalate', gate: 2, actions: [] });
  });

  it('decides fifty incidents at once, each exactly once', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, (_, i) => system.open({}, OOM_KILLED, i % replicas)));
    await Promise.all(sessions.map((sessionId) => system.decided(sessionId)));
    const [counted] = await system.query<{ decisions: string; sessions: string }>(
      `select count(*) filter (where type = 'decision.made') as decisions, count(distinct session_id) as sessions from agent_sessions where session_id = any($1)`,
      [sessions],
    );
    expect(counted).toEqual({ decisions: '50', sessions: '50' });
  });
});

describe('a recorded debate', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
  }, 120_000);
  afterAll(() => system.stop());

  it('regression 11: is not stopped by a NUL byte or half a surrogate pair in its evidence', async () => {
    const rubbish = JSON.parse('"before \\u0000 and \\ud800 after"') as string;
    const sessionId = await system.open(
      { title: `odd ${rubbish}` },
      {
        logs: [{ id: 'l1', status: 'ok', title: rubbish, trusted: true, text: `ERROR ${rubbish}`, json: { [rubbish]: rubbish } }],
      },
    );
    const other = await system.open({}, OOM_KILLED);
    expect(await system.decided(sessionId)).toMatchObject({ outcome: 'escalate' });
    expect(await system.decided(other)).toMatchObject({ degraded: false });
    const [opened] = await system.rows(sessionId);
    expect(JSON.stringify(opened?.output_json)).toContain('before \uFFFD and \uFFFD after');
  });

  it('recomputes to the same decision, byte for byte', async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.decided(sessionId);
    const record = await openRecord(system.databaseUrl);
    try {
      const messages = await record.sessions.messages(sessionId);
      expect(recompute(messages)).toMatchObject({ same: true });
      expect(await record.ledger.verify()).toMatchObject({ findings: [] });
    } finally {
      await record.close();
    }
  });
});
