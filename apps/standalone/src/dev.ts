import { processTerminal } from '@inquest/cli';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runDevelopment } from './development.js';
import { untilStopped } from './until-stopped.js';

const USAGE = `Usage: npm run dev [-- --replicas N]

Runs every service as a process of its own, on the same Redis and PostgreSQL as "npm start".

  --replicas N   how many processes of each service (1–5, standard 1)

Environment: as for "npm start", and LOG_LEVEL (standard info).`;

const rootDir = resolve(import.meta.dirname, '../../..');

await untilStopped(USAGE, async (interrupted) => {
  const { values } = parseArgs({ options: { replicas: { type: 'string', default: '1' } } });
  const replicas = Number(values.replicas);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 5)
    throw Object.assign(new Error('--replicas must be 1 to 5.'), { code: 'ERR_PARSE_ARGS_VALUE' });
  await runDevelopment({
    rootDir,
    dataDir: process.env.INQUEST_DATA_DIR || join(rootDir, '.inquest'),
    replicas,
    terminal: processTerminal(interrupted),
  });
});
