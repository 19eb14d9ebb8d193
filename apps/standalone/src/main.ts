import { processTerminal } from '@inquest/cli';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runStandalone } from './standalone.js';
import { untilStopped } from './until-stopped.js';

const USAGE = `Usage: npm start [-- --no-demo] [-- --quiet]

Runs all of Inquest in one process, with its own Redis and PostgreSQL, and debates a bundled incident.

  --no-demo   debate nothing at the start
  --quiet     say nothing but errors

Environment: PORT (standard 8080), REDIS_URL, DATABASE_URL, DATABASE_OWNER_URL, ANTHROPIC_API_KEY,
INQUEST_DATA_DIR (standard .inquest); see README.md for all.`;

const rootDir = resolve(import.meta.dirname, '../../..');

await untilStopped(USAGE, async (interrupted) => {
  const { values } = parseArgs({
    options: { 'no-demo': { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false } },
  });
  await runStandalone({
    dataDir: process.env.INQUEST_DATA_DIR || join(rootDir, '.inquest'),
    incidentFile: values['no-demo'] ? undefined : join(rootDir, 'apps/standalone/incidents/payments-api-oom.json'),
    quiet: values.quiet,
    terminal: processTerminal(interrupted),
  });
});
