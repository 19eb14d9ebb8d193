/**
 * Measures what people ask of a record: milliseconds of each question, which index PostgreSQL took for it, and how fast sessions are
 * replayed. Ends with exit code 1 when a question reads all of agent_sessions, or a session does not agree with itself.
 *
 *   npx tsx --tsconfig test/tsconfig.run.json test/bench/audit.ts --data-dir DIR          what is there; with --rows more of it
 *   npx tsx --tsconfig test/tsconfig.run.json test/bench/audit.ts --rows 1000000          in a temporary PostgreSQL
 *   … [--url postgres://owner@…] [--runs 500] [--sessions 2000] [--json FILE]
 */
import { openRecord, type Record as SessionRecord } from '@inquest/record';
import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { openBench } from './database.js';
import { anyOf, draw, type Draws } from './draws.js';
import { explain, statementsOf, type Explained } from './explain.js';
import { load } from './load.js';
import { quantiles } from './measure.js';
import { replaySpeed } from './replay-speed.js';
import { report } from './report.js';
import { printTable } from './table.js';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '0' },
    'rows-per-entry': { type: 'string', default: '500' },
    days: { type: 'string', default: '30' },
    runs: { type: 'string', default: '500' },
    sessions: { type: 'string', default: '2000' },
    url: { type: 'string' },
    'data-dir': { type: 'string' },
    json: { type: 'string' },
  },
});

/** Before anything counts: connections are open then, and code is compiled. */
const WARM_UP = 20;
const LATEST = 50;
const NEVER_WRITTEN = 'xyzzyplugh';

/** Asks one question with parameters of its own choice. */
type Ask = () => Promise<unknown>;

const questions = ({ audit, sessions }: SessionRecord, draws: Draws): Record<string, Ask> => {
  const page = (filter: Parameters<typeof audit.page>[0]) => audit.page(filter, undefined, LATEST);
  const word = (): string => anyOf(draws.words);
  const outcome = (): Parameters<typeof audit.page>[0] => {
    const { of, to } = anyOf(draws.outcomes);
    return { outcome: of, to };
  };
  return {
    'trail of a session': () => sessions.events(anyOf(draws.sessions)),
    'latest 50 of an incident': () => page({ incidentId: anyOf(draws.incidents) }),
    'latest 50 of a role before a time': () => {
      const { of: role, to } = anyOf(draws.roles);
      return page({ role, to });
    },
    'latest 50 of an outcome before a time': () => page(outcome()),
    'latest 50 of all': () => page({}),
    'cause: a word': () => page({ cause: word() }),
    'cause: a word before a time': () => page({ cause: word(), to: anyOf(draws.roles).to }),
    'cause: two words and an outcome': () => page({ cause: `${word()} ${word()}`, outcome: anyOf(draws.outcomes).of }),
    'cause: a word that nobody wrote': () => page({ cause: NEVER_WRITTEN }),
    'cause: words of which one excludes the other': () => page({ cause: `${word()} -${word()}` }),
    'cause: without a word': () => page({ cause: `-${word()}` }),
    'newest 50 sessions': () => sessions.list({ limit: LATEST }),
    'newest 50 sessions of an outcome': () => sessions.list({ limit: LATEST, outcome: anyOf(draws.outcomes).of }),
    'newest 50 sessions of an outcome that never was': () => sessions.list({ limit: LATEST, outcome: 'reject' }),
    'open sessions': () => sessions.list({ limit: LATEST, status: 'open' }),
  };
};

interface Measured extends Explained {
  readonly question: string;
  readonly runs: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const measure = async (question: string, ask: Ask, client: Client): Promise<Measured> => {
  const runs = Number(options.runs);
  for (let index = 0; index < WARM_UP; index += 1) await ask();
  const took: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const askedAt = performance.now();
    await ask();
    took.push(performance.now() - askedAt);
  }
  const at = quantiles(took);
  const plans: Explained[] = [];
  for (const statement of await statementsOf(ask)) plans.push(await explain(client, statement));
  const measured: Measured = {
    question,
    runs,
    p50: rounded(at(0.5)),
    p95: rounded(at(0.95)),
    p99: rounded(at(0.99)),
    indexes: [...new Set(plans.flatMap(({ indexes }) => indexes))],
    scanned: [...new Set(plans.flatMap(({ scanned }) => scanned))],
    pagesHit: plans.reduce((sum, { pagesHit }) => sum + pagesHit, 0),
    pagesRead: plans.reduce((sum, { pagesRead }) => sum + pagesRead, 0),
  };
  report(`${question}: p50 ${measured.p50} ms`);
  return measured;
};

const rounded = (ms: number): number => Number(ms.toFixed(2));

const bench = await openBench({ url: options.url, dataDir: options['data-dir'] });
const client = new Client({ connectionString: bench.applicationUrl });
const record = await openRecord(bench.applicationUrl, { max: 2, name: 'inquest-bench' });
try {
  await client.connect();
  if (Number(options.rows) > 0)
    await load(bench.client, {
      rows: Number(options.rows),
      rowsPerEntry: Number(options['rows-per-entry']),
      days: Number(options.days),
      progress: (rows, perSecond) => report(`loading: ${rows} rows, ${perSecond} rows/s`),
    });
  const draws = await draw(client, Number(options.sessions));
  const measured: Measured[] = [];
  for (const [question, ask] of Object.entries(questions(record, draws))) measured.push(await measure(question, ask, client));
  const replayed = await replaySpeed(record, draws.sessions);
  const { rows } = await client.query<{ rows: number; gigabytes: number }>(
    `SELECT sum(cardinality(positions))::float8 AS rows, round(pg_total_relation_size('agent_sessions') / 1e9, 2)::float8 AS gigabytes FROM session_ledger`,
  );
  const result = { ...rows[0], measured, replayed };

  console.info(`${rows[0]?.rows} rows, ${rows[0]?.gigabytes} GB with indexes; milliseconds of ${options.runs} runs each`);
  printTable(
    ['question', 'p50', 'p95', 'p99', 'pages', 'indexes'],
    measured.map(({ question, p50, p95, p99, pagesHit, pagesRead, indexes, scanned }) => [
      question,
      ...[p50, p95, p99].map((ms) => ms.toFixed(2)),
      String(pagesHit + pagesRead),
      [...indexes, ...scanned.map((table) => `ALL OF ${table}`)].join(', '),
    ]),
  );
  console.info(
    `${replayed.sessions} sessions: ${replayed.replay} replayed, ${replayed.recompute} recomputed per second (${replayed.recomputeInMemory} without reading); ${replayed.different} differ`,
  );
  if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
  const faults = measured.filter(({ scanned }) => scanned.includes('agent_sessions'));
  for (const { question } of faults) report(`Reads all of agent_sessions: ${question}`);
  if (faults.length > 0 || replayed.different > 0) process.exitCode = 1;
} finally {
  await record.close();
  await client.end();
  await bench.stop();
}
