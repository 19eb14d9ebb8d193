import { readEnvironment } from '@inquest/config';
import { GatewayEnvironment } from '../gateway.environment.js';
import { Strangers } from './strangers.js';

const environment = readEnvironment(GatewayEnvironment, {
  INQUEST_TOKENS: `a:viewer:${'0'.repeat(64)}`,
  INQUEST_STRANGER_RATE_PER_MINUTE: '2',
});

describe('requests without a known token', () => {
  it('are refused with 401, and with 429 once an address has sent too many in a minute', () => {
    const strangers = new Strangers(environment);
    const from = (ip: string, nowMs: number) => strangers.refusal({ ip }, nowMs).getStatus();
    expect([from('a', 0), from('a', 1), from('a', 2)]).toEqual([401, 401, 429]);
    expect(from('b', 3)).toBe(401);
    expect([from('a', 59_999), from('a', 60_000)]).toEqual([429, 401]);
  });

  it('are told when to come back', () => {
    const strangers = new Strangers(environment);
    const refusals = [0, 0, 15_000].map((nowMs) => strangers.refusal({ ip: 'a' }, nowMs));
    expect(refusals[2]?.details.headers).toEqual({ 'retry-after': '45' });
  });
});
