import { ModelBudgetError, type Reservation } from '@inquest/model';
import { migrate, openRecord, type SessionRecord } from '@inquest/record';
import { createLogger } from '@inquest/telemetry';
import { freshDatabase, type FreshDatabase } from '@inquest/testing';
import { ModelBudgets } from './model-budgets.js';

let database: FreshDatabase;
let records: SessionRecord[];
beforeEach(async () => {
  database = await freshDatabase();
  const { applicationUrl } = await migrate(database.url, { applicationPassword: 'spec' });
  records = await Promise.all([1, 2, 3].map(() => openRecord(applicationUrl, { onError: () => undefined })));
});
afterEach(async () => {
  Reflect.deleteProperty(process.env, 'INQUEST_BUDGETS');
  await Promise.all(records.map((record) => record.close()));
  await database.drop();
});

const [MODEL, CALL] = ['claude-haiku-5-5', { usd: 1, tokens: 1_000 }] as const;

/** As many replicas as there are records, under the same budgets. */
const replicas = (budgets: unknown, lines: string[] = []): ModelBudgets[] => {
  process.env.INQUEST_BUDGETS = JSON.stringify(budgets);
  const logger = createLogger('spec', { write: (line) => void lines.push(line) });
  return records.map((record) => new ModelBudgets(record, logger));
};
const one = (all: readonly ModelBudgets[], at = 0): ModelBudgets => all[at % all.length] as ModelBudgets;
const first = (): SessionRecord => records[0] as SessionRecord;

const attempt = (budget: ModelBudgets, role: 'solver' | 'critic' = 'solver'): Promise<Reservation | ModelBudgetError> =>
  budget.reserve({ role, model: MODEL, atMost: CALL }).catch((error: unknown) => {
    if (error instanceof ModelBudgetError) return error;
    throw error;
  });
const isGranted = (result: Reservation | ModelBudgetError): result is Reservation => !(result instanceof ModelBudgetError);
const spentInHour = async (role: string): Promise<number | undefined> =>
  (await first().spend.current()).find((window) => window.period === 'hour' && window.role === role)?.usd;
/** Settling is not waited for, so the fact is. */
const until = async (fact: () => Promise<boolean>): Promise<void> => {
  while (!(await fact())) await new Promise((resolve) => setTimeout(resolve, 10));
};
const kinds = async (): Promise<string[]> => (await first().controls.history()).map(({ kind, subject }) => `${kind} ${subject}`);

it('never lets replicas that ask at the same time spend more than the limit, and gives back what it refused', async () => {
  const all = replicas({ overall: { day: { usd: 10 } } });
  const results = await Promise.all(Array.from({ length: 60 }, (_, at) => attempt(one(all, at))));
  const granted = results.filter(isGranted).length;
  expect(granted).toBeLessThanOrEqual(10);
  expect(await spentInHour('all')).toBe(granted);
  // Alone, nobody stands in another's way: the rest of the budget can be used to the last call.
  for (let left = 10 - granted; left > 0; left -= 1) expect(isGranted(await attempt(one(all)))).toBe(true);
  expect(isGranted(await attempt(one(all)))).toBe(false);
});

it('puts what was taken in the place of the estimate', async () => {
  const [budget] = replicas({ overall: { hour: { usd: 2 } } });
  for (let call = 0; call < 5; call += 1) {
    const result = await attempt(budget as ModelBudgets);
    expect(isGranted(result)).toBe(true);
    if (isGranted(result)) result.settle({ usd: 0.1, tokens: 50 });
    await until(async () => Math.abs(((await spentInHour('all')) ?? 0) - 0.1 * (call + 1)) < 1e-9);
  }
});

it('limits one role and leaves the others alone', async () => {
  const [budget] = replicas({ roles: { critic: { month: { tokens: 1_500 } } } });
  expect(isGranted(await attempt(budget as ModelBudgets, 'critic'))).toBe(true);
  const refusal = await attempt(budget as ModelBudgets, 'critic');
  expect(refusal).toMatchObject({
    message: expect.stringContaining('budget of the critic for this month, 1500 tokens') as string,
  });
  for (let call = 0; call < 5; call += 1) expect(isGranted(await attempt(budget as ModelBudgets, 'solver'))).toBe(true);
});

it('warns at 80 % and says when it is over: once each, though three replicas notice, in the log and in the audit', async () => {
  const lines: string[] = [];
  const all = replicas({ overall: { hour: { usd: 10 } } }, lines);
  for (let call = 0; call < 7; call += 1) await attempt(one(all, call));
  expect(await kinds()).toEqual([]);
  for (let call = 0; call < 9; call += 1) await attempt(one(all, call));
  expect(await kinds()).toEqual([
    expect.stringMatching(/^budget-spent all hour usd 20/),
    expect.stringMatching(/^budget-warned all hour usd 20/),
  ]);
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'error']);
});

it('counts without limits too, and asks though it cannot count; with limits it does not ask', async () => {
  const free = replicas({});
  const granted = await attempt(one(free));
  if (isGranted(granted)) granted.settle(CALL);
  await until(async () => (await spentInHour('solver')) === CALL.usd);
  const limited = replicas({ overall: { day: { usd: 100 } } });
  await database.drop();
  expect(isGranted(await attempt(one(free)))).toBe(true);
  await expect(attempt(one(limited))).rejects.toThrow();
  database = await freshDatabase();
});
