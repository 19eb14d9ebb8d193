import { InvalidQueryError, type AuditFilter } from '../index.js';
import { aDebate, freshRecord, type FreshRecord } from '../testing/fixtures.spec.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Cause and age of decisions: several in an hour, at its edges, in the hours of yesterday, and long ago. */
const DECIDED: readonly (readonly [string, number])[] = [
  ['The pod was OOMKilled: its memory limit is too low', 0],
  ['The connection pool is exhausted', 1],
  ['A connection was refused, the pool had none left', 0.4 * HOUR],
  ['Two pods were OOMKilled', HOUR - 1],
  ['The pool of connections was closed by a deployment', HOUR],
  ['The disk is full', 7 * HOUR],
  ['The pool is exhausted again', 25 * HOUR],
  ['The pool was exhausted at night', 47 * HOUR],
  ['The pool was exhausted two days ago', 2 * DAY],
  ['The pool was exhausted on the same day, an hour before', 2 * DAY + HOUR],
  ['The pool was exhausted last month', 40 * DAY],
  ['The pool of connections was too small from the beginning', 400 * DAY],
];

let fresh: FreshRecord;
let nowMs: number;
beforeAll(async () => {
  fresh = await freshRecord();
  nowMs = Date.now();
  for (const [cause, ageMs] of DECIDED) {
    const debate = aDebate({ cause });
    await fresh.record.append(debate.events);
    await fresh.behindTheBack('UPDATE agent_sessions SET created_at = $2 WHERE session_id = $1', [
      debate.sessionId,
      new Date(nowMs - ageMs),
    ]);
  }
  await fresh.behindTheBack('UPDATE session_ledger SET created_at = $1 WHERE n = 1', [new Date(nowMs - 400 * DAY)]);
});
afterAll(() => fresh.close());

const ages = new Map(DECIDED);

/** Causes found, page by page. */
const found = async (filter: AuditFilter, limit = 2): Promise<string[]> => {
  const causes: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await fresh.record.audit.page(filter, cursor, limit);
    causes.push(...page.entries.map(({ message }) => (message.data as { hypothesis: { cause: string } }).hypothesis.cause));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return causes;
};

const decided = (pattern: RegExp): string[] =>
  DECIDED.map(([cause]) => cause)
    .filter((cause) => pattern.test(cause))
    .sort((left, right) => (ages.get(left) ?? 0) - (ages.get(right) ?? 0));

it.each([
  ['pool', /pool/],
  ['connections', /connection/],
  ['pool exhausted', /pool.*exhausted/],
  ['"pool of connections"', /pool.*connection|connection.*pool/],
  ['pool -exhausted', /pool(?!.*exhausted)/],
  ['oomkilled or disk', /OOMKilled|disk/],
  ['exhausted -"night pool"', /exhausted(?! at night)/],
  ['-pool', /^(?!.*pool)/],
  ['the -pool -disk', /^(?!.*(pool|disk))/],
  ['quorum', /quorum/],
])('finds decisions whose cause has the words %s, newest first, each once', async (cause, pattern) => {
  expect(await found({ cause })).toEqual(decided(pattern));
  expect(await found({ cause }, 200)).toEqual(decided(pattern));
});

it.each([1, 1.5, 30, 24 * 30])('goes with bounds in time: %s hours', async (hours) => {
  const moment = new Date(nowMs - hours * HOUR);
  const pool = decided(/pool/);
  const before = pool.filter((cause) => nowMs - (ages.get(cause) ?? 0) < moment.getTime());
  expect(await found({ cause: 'pool', to: moment.toISOString() })).toEqual(before);
  expect(await found({ cause: 'pool', from: moment.toISOString() })).toEqual(pool.slice(0, pool.length - before.length));
});

it('goes with the other filters', async () => {
  expect(await found({ cause: 'pool', role: 'coordinator', outcome: 'human-approval', degraded: false })).toEqual(
    decided(/pool/),
  );
  expect(await found({ cause: 'pool', role: 'single' })).toEqual([]);
  expect(await found({ cause: 'pool', outcome: 'failed' })).toEqual([]);
  const { events, sessionId, incidentId } = aDebate({ cause: 'The pool leaks' });
  await fresh.record.append(events);
  expect(await found({ cause: 'leak', sessionId })).toEqual(['The pool leaks']);
  expect(await found({ cause: 'disk', incidentId })).toEqual([]);
});

it('finds components and faults too, and nothing for words that say nothing', async () => {
  expect(await found({ cause: 'oom_killed', from: new Date(nowMs - 2 * HOUR).toISOString() })).not.toEqual([]);
  expect(await found({ cause: 'the of a' })).toEqual([]);
  expect(await found({ cause: `'"&|!()<->:*\\` })).toEqual([]);
});

it('refuses what PostgreSQL has no place for', async () => {
  await expect(fresh.record.audit.page({ cause: 'a\0b' })).rejects.toThrow(InvalidQueryError);
});

it('finds nothing in an empty record', async () => {
  const empty = await freshRecord();
  expect(await empty.record.audit.page({ cause: 'pool', from: '1970-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' })).toEqual({
    entries: [],
    next: null,
  });
  await empty.close();
});
