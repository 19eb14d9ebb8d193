import type { Service } from '@inquest/standalone';
import { OOM_KILLED } from './support/incidents.js';
import { System, type SystemOptions } from './support/system.js';

/** How long each model answer takes: long enough to be killed in the middle of it. */
const THINKING_MS = 1_000;

const withSystem = async (options: SystemOptions, work: (system: System) => Promise<void>): Promise<void> => {
  const system = await System.start({ model: true, ...options });
  try {
    system.model?.script('*', { kind: 'sensible', firstByteMs: THINKING_MS });
    await work(system);
  } finally {
    await system.stop();
  }
};

/** What is the last thing said before the service in question is at work. */
const BEFORE = {
  diagnostician: 'session.opened',
  solver: 'diagnosis.reported',
  reviewer: 'plan.proposed',
  critic: 'plan.proposed',
} as const;

describe('SIGKILL in mid-debate', () => {
  it.each(['diagnostician', 'solver', 'reviewer', 'critic'] as const)(
    'of the only %s: the coordinator answers for it, and the rows say so',
    (role) =>
      withSystem({}, async (system) => {
        const sessionId = await system.open({}, OOM_KILLED);
        await system.heard(sessionId, BEFORE[role]);
        await system.processes.kill(role, 0);
        const decision = await system.decided(sessionId, 31_000);
        expect(decision.requiresHumanApproval).toBe(true);
        const rows = await system.rows(sessionId);
        expect(rows.find((row) => row.agent_role === role)).toMatchObject({
          degraded: true,
          on_behalf_of: role,
          vote: 'ABSTAIN',
        });
        expect(rows.filter((row) => row.type === 'decision.made')).toHaveLength(1);
      }),
    90_000,
  );

  it.each(['diagnostician', 'solver', 'reviewer', 'critic'] as const)(
    'of one of two %ss: its peer takes over and nobody is degraded',
    (role) =>
      withSystem({ replicas: { [role]: 2 }, env: { INQUEST_TURN_MS: '15000' } }, async (system) => {
        const sessionId = await system.open({}, OOM_KILLED);
        await system.heard(sessionId, BEFORE[role]);
        // Whichever of the two has it: the other one is left.
        await system.processes.kill(role, 0);
        const decision = await system.decided(sessionId, 31_000);
        expect(decision.votes.find(({ voter }) => voter === role)).toMatchObject({ present: true, answeredFor: false });
      }),
    90_000,
  );

  it.each(['coordinator', 'recorder', 'gateway'] as const satisfies Service[])(
    'of one of two %ss: the session ends as if nothing had happened',
    (service) =>
      withSystem({ replicas: { [service]: 2 } }, async (system) => {
        const sessionId = await system.open({}, OOM_KILLED, service === 'gateway' ? 1 : 0);
        await system.heard(sessionId, 'session.opened');
        await system.processes.kill(service, service === 'gateway' ? 1 : 0);
        const decision = await system.decided(sessionId, 31_000);
        expect(decision.degraded).toBe(false);
        expect((await system.rows(sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
      }),
    90_000,
  );

  it.each(['coordinator', 'recorder', 'gateway'] as const satisfies Service[])(
    'of the only %s: the session ends once it is back',
    (service) =>
      withSystem({}, async (system) => {
        const sessionId = await system.open({}, OOM_KILLED);
        await system.heard(sessionId, 'session.opened');
        await system.processes.kill(service, 0);
        await system.processes.restart(service, 0);
        await system.decided(sessionId, 31_000);
        expect((await system.rows(sessionId)).filter((row) => row.type === 'decision.made')).toHaveLength(1);
      }),
    90_000,
  );
});
