import type { Record as SessionRecord } from '@inquest/record';
import { readEnvironment } from '@inquest/config';
import { GatewayEnvironment } from '../gateway.environment.js';
import { PhaseSwitch } from './phase-switch.js';

const switchWith = (p1: boolean, p2: boolean, overrides: Partial<Record<1 | 2, boolean>> = {}): PhaseSwitch => {
  const environment = readEnvironment(GatewayEnvironment, {
    INQUEST_TOKENS: `a:admin:${'0'.repeat(64)}`,
    AIOPS_P1_ENABLED: String(p1),
    AIOPS_P2_ENABLED: String(p2),
  });
  const rows = Object.entries(overrides).map(([phase, enabled]) => [
    phase,
    { phase: Number(phase), enabled, actor: 'a', reason: 'r', createdAt: '' },
  ]);
  const flags = { get: async () => Object.fromEntries(rows) as Awaited<ReturnType<SessionRecord['flags']['get']>> };
  return new PhaseSwitch({ flags } as unknown as SessionRecord, environment);
};

describe('the path of a new incident', () => {
  it('regression 7: phase 2 never outlives its parent, whether the environment or an override ended it', async () => {
    expect(await switchWith(false, true).path()).toBe('escalate');
    expect(await switchWith(true, true, { 1: false, 2: true }).path()).toBe('escalate');
    expect((await switchWith(true, true, { 1: false }).states()).map(({ enabled }) => enabled)).toEqual([false, false]);
  });

  it.each([
    [true, true, {}, 'debate'],
    [true, false, {}, 'single'],
    [true, true, { 2: false }, 'single'],
    [true, false, { 2: true }, 'single'],
  ] as const)('with environment %p %p and overrides %j is %s', async (p1, p2, overrides, path) => {
    expect(await switchWith(p1, p2, overrides).path()).toBe(path);
  });
});
