import { startPostgres } from '@inquest/servers';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { isHarm, startDoor, TOKEN } from './door.js';
import { flood } from './flood.js';

/**
 * `npx tsx --tsconfig test/tsconfig.run.json test/fuzz/webhooks.ts --bodies 100000 --seed 7 [--concurrency 16] [--json FILE]`:
 * odd bodies of every known format against a real gateway, after a build. Exits with 1 when one of them was answered by anything
 * but 2xx or 4xx with a reason, or when the gateway came to harm. The seed makes the same bodies again.
 */
const Options = z.object({
  bodies: z.coerce.number().int().positive().default(100_000),
  seed: z.coerce
    .number()
    .int()
    .default(() => Math.floor(Math.random() * 2 ** 31)),
  concurrency: z.coerce.number().int().positive().default(16),
  json: z.string().optional(),
});

const { values } = parseArgs({
  options: { bodies: { type: 'string' }, seed: { type: 'string' }, concurrency: { type: 'string' }, json: { type: 'string' } },
});
const { bodies, seed, concurrency, json } = Options.parse(values);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`${bodies} odd webhooks of seed ${seed}, ${concurrency} at a time`);
const postgres = await startPostgres();
process.env['INQUEST_TEST_DATABASE_URL'] = postgres.url;
const harm: string[] = [];
const door = await startDoor((name, line) => {
  if (isHarm(line)) harm.push(`${name} ${line.slice(0, 500)}`);
});
const before = JSON.stringify(door.processes.pids());
try {
  const { url } = door.processes;
  const figures = await flood({ url, token: TOKEN, seed, bodies, concurrency, onProgress: (sent) => say(`  ${sent} sent`) });
  const lives = JSON.stringify(door.processes.pids()) === before && (await fetch(`${url}/healthz`)).ok;
  say(JSON.stringify({ ...figures, harm, lives }, null, 2));
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ ...figures, harm, lives }, null, 2)}\n`);
  process.exitCode = figures.faults.length === 0 && harm.length === 0 && lives ? 0 : 1;
} finally {
  await door.stop();
  await postgres.stop();
}
