/**
 * Measures how fast a record is verified: rows and entries per second, processor time of this process, peak memory. Loads the rows
 * first, unless the record given has them already.
 *
 *   npx tsx test/bench/verify.ts --rows 1000000 [--rows-per-entry 500]      in a temporary PostgreSQL
 *   npx tsx test/bench/verify.ts (--url postgres://owner@… | --data-dir DIR)   what is there already
 */
import { openRecord } from '@inquest/record';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openBench } from './database.js';
import { load } from './load.js';
import { report } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '0' },
    'rows-per-entry': { type: 'string', default: '500' },
    url: { type: 'string' },
    'data-dir': { type: 'string' },
  },
});

const bench = await openBench({ url: values.url, dataDir: values['data-dir'] });
try {
  if (Number(values.rows) > 0)
    await load(bench.client, {
      rows: Number(values.rows),
      rowsPerEntry: Number(values['rows-per-entry']),
      days: 30,
      progress: (rows) => report(`loading: ${rows} rows`),
    });
  const record = await openRecord(bench.applicationUrl, { max: 2, name: 'inquest-bench' });
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { ok, rows, entries, findingsTotal } = await record.ledger.verify();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await record.close();
  console.info(
    JSON.stringify({
      ok,
      findingsTotal,
      rows,
      entries,
      seconds: Number(seconds.toFixed(2)),
      rowsPerSecond: Math.round(rows / seconds),
      ownCpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    }),
  );
} finally {
  await bench.stop();
}
