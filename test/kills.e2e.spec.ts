import type { Message } from '@inquest/contracts';
import type { Service } from '@inquest/standalone';
import { OOM_KILLED } from './support/incidents.js';
import { System } from './support/system.js';

/** How long each model answer takes: long enough to be killed in the middle of it. */
const THINKING_MS = 1_000;

/** What has just been said when the service in question is at work. */
const BEFORE: readonly [Service, Message['type']][] = [
  ['diagnostician', 'session.opened'],
  ['solver', 'diagnosis.reported'],
  ['reviewer', 'plan.proposed'],
  ['critic', 'plan.proposed'],
];
const KEEPERS: readonly [Service, Message['type']][] = [
  ['coordinator', 'plan.proposed'],
  ['recorder', 'session.opened'],
  ['gateway', 'session.opened'],
];

const decisions = async (system: System, sessionId: string): Promise<number> =>
  (await system.rows(sessionId)).filter((row) => row.type === 'decision.made').length;

describe('SIGKILL in mid-debate, one of each service', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ model: true });
    system.model?.script('*', { kind: 'sensible', firstByteMs: THINKING_MS });
  }, 120_000);
  afterAll(() => system.stop());

  it.each(BEFORE)(
    'of the only %s: the coordinator answers for it, and the rows say so',
    async (role, before) => {
      const sessionId = await system.open({}, OOM_KILLED);
      await system.heard(sessionId, before);
      await system.processes.kill(role, 0);
      const decision = await system.decided(sessionId, 31_000);
      expect(decision.requiresHumanApproval).toBe(true);
      const rows = await system.rows(sessionId);
      expect(rows.find((row) => row.agent_role === role)).toMatchObject({ degraded: true, on_behalf_of: role, vote: 'ABSTAIN' });
      expect(await decisions(system, sessionId)).toBe(1);
      await system.processes.restart(role, 0);
    },
    60_000,
  );

  it('FLUSHALL in mid-debate costs nobody their seat: the stream is rebuilt from the record', async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.heard(sessionId, 'diagnosis.reported');
    await system.flushRedis();
    const decision = await system.decided(sessionId, 31_000);
    expect(decision.votes.filter(({ answeredFor }) => answeredFor)).toEqual([]);
    expect(await decisions(system, sessionId)).toBe(1);
  }, 60_000);

  it('regression 9: a late real answer after one on behalf reaches nobody', async () => {
    const sessionId = await system.open({}, OOM_KILLED);
    await system.heard(sessionId, 'diagnosis.reported');
    await system.processes.kill('solver', 0, 'SIGSTOP');
    try {
      await system.heard(sessionId, 'plan.proposed');
    } finally {
      await system.processes.kill('solver', 0, 'SIGCONT');
    }
    await system.decided(sessionId, 31_000);
    const rows = await system.rows(sessionId);
    expect(rows.filter((row) => row.agent_role === 'solver')).toMatchObject([
      { degraded: true, on_behalf_of: 'solver', output_json: { actions: [] } },
    ]);
    expect(rows.find((row) => row.agent_role === 'reviewer')).toMatchObject({ output_json: { judgement: 'NOTHING_TO_JUDGE' } });
  }, 60_000);

  it.each(KEEPERS)(
    'of the only %s: the session ends once it is back',
    async (service, before) => {
      const sessionId = await system.open({}, OOM_KILLED);
      await system.heard(sessionId, before);
      await system.processes.kill(service, 0);
      await system.processes.restart(service, 0);
      await system.decided(sessionId, 31_000);
      expect(await decisions(system, sessionId)).toBe(1);
    },
    60_000,
  );
});

describe('SIGKILL in mid-debate, two of each service', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ model: true, replicas: 2, env: { INQUEST_TURN_MS: '12000' } });
    system.model?.script('*', { kind: 'sensible', firstByteMs: THINKING_MS });
  }, 120_000);
  afterAll(() => system.stop());

  it.each([...BEFORE, ...KEEPERS])(
    'of one %s: its peer takes over and nobody is degraded',
    async (service, before) => {
      const sessionId = await system.open({}, OOM_KILLED);
      await system.heard(sessionId, before);
      // Whether this one or its peer has the turn in hand, nobody can know: both must be survived.
      await system.processes.kill(service, 0);
      try {
        const decision = await system.decided(sessionId, 31_000);
        expect(decision.votes.filter(({ answeredFor, degraded }) => answeredFor || degraded)).toEqual([]);
        expect((await system.rows(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
      } finally {
        await system.processes.restart(service, 0);
      }
    },
    90_000,
  );
});
