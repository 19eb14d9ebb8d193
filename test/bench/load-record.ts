/**
 * Loads a record with as many rows as are asked for, for measurements. Ledger, leaves, hashes and incidents are as the recorder writes
 * them, so that `inquest audit verify` finds nothing to say.
 *
 *   npx tsx test/bench/load-record.ts --rows 1000000 [--rows-per-entry 500] [--days 30] (--url postgres://owner@… | --data-dir DIR)
 */
import { parseArgs } from 'node:util';
import { openBench } from './database.js';
import { load } from './load.js';
import { report } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    'rows-per-entry': { type: 'string', default: '500' },
    days: { type: 'string', default: '30' },
    url: { type: 'string' },
    'data-dir': { type: 'string' },
  },
});
if (values.url === undefined && values['data-dir'] === undefined)
  throw new Error('Say where to: --url of an owner, or --data-dir for a PostgreSQL of its own, which is kept there.');

const bench = await openBench({ url: values.url, dataDir: values['data-dir'] });
try {
  const loaded = await load(bench.client, {
    rows: Number(values.rows),
    rowsPerEntry: Number(values['rows-per-entry']),
    days: Number(values.days),
    progress: (rows, perSecond) => report(`${rows} rows, ${perSecond} rows/s`),
  });
  console.info(JSON.stringify({ ...loaded, rowsPerSecond: Math.round(loaded.rows / loaded.seconds) }));
} finally {
  await bench.stop();
}
