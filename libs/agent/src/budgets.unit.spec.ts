import { EnvironmentError } from '@inquest/config';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitsOf, readBudgets } from './budgets.js';

const limits = (value: unknown) => limitsOf(readBudgets({ INQUEST_BUDGETS: JSON.stringify(value) }));

describe('budgets', () => {
  it('are none unless they are given', () => {
    expect(limitsOf(readBudgets({}))).toEqual([]);
    expect(limits({})).toEqual([]);
  });

  it('are limits of money and tokens, per period, for all and for roles', () => {
    expect(
      limits({ overall: { day: { usd: 20 }, month: { usd: 300.5, tokens: 9 } }, roles: { critic: { hour: { tokens: 0 } } } }),
    ).toEqual([
      { role: 'all', period: 'day', unit: 'usd', max: 20 },
      { role: 'all', period: 'month', unit: 'usd', max: 300.5 },
      { role: 'all', period: 'month', unit: 'tokens', max: 9 },
      { role: 'critic', period: 'hour', unit: 'tokens', max: 0 },
    ]);
  });

  it.each([
    ['no JSON', '{', /INQUEST_BUDGETS: is not JSON/],
    ['a period that does not exist', '{"overall": {"week": {"usd": 1}}}', /overall.*week/],
    ['a unit that does not exist', '{"overall": {"day": {"eur": 1}}}', /overall\.day.*eur/],
    ['a role without a model', '{"roles": {"recorder": {"day": {"usd": 1}}}}', /roles/],
    ['less than nothing', '{"overall": {"day": {"usd": -1}}}', /overall\.day\.usd/],
    ['half a token', '{"overall": {"day": {"tokens": 0.5}}}', /overall\.day\.tokens/],
    ['a number as text', '{"overall": {"day": {"usd": "20"}}}', /overall\.day\.usd/],
    ['nothing but a number', '20', /INQUEST_BUDGETS/],
  ])('refuse to start with %s, for a budget that is misread is none', (_, text, problem) => {
    expect(() => readBudgets({ INQUEST_BUDGETS: text })).toThrow(EnvironmentError);
    expect(() => readBudgets({ INQUEST_BUDGETS: text })).toThrow(problem);
  });

  it('may stand in a file, which must be there, but not in both places', () => {
    const folder = mkdtempSync(join(tmpdir(), 'budgets-'));
    const path = join(folder, 'budgets.json');
    expect(() => readBudgets({ INQUEST_BUDGETS_FILE: path })).toThrow(/INQUEST_BUDGETS_FILE: cannot be read/);
    writeFileSync(path, '{"overall": {"hour": {"usd": 1}}}');
    expect(limitsOf(readBudgets({ INQUEST_BUDGETS_FILE: path }))).toHaveLength(1);
    expect(() => readBudgets({ INQUEST_BUDGETS_FILE: path, INQUEST_BUDGETS: '{}' })).toThrow(/set one of them/);
    rmSync(folder, { recursive: true });
  });
});
