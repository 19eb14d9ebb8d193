import { z } from 'zod';
import type { RoleStart } from './role-start.js';

/** By the peer's key; a peer's packages are loaded by its own processes alone. */
const starts: Record<string, () => Promise<RoleStart>> = {
  raw: async () => (await import('./raw-roles.js')).startGated,
  rawUngated: async () => (await import('./raw-roles.js')).startUngated,
  bullmq: async () => (await import('./bullmq-roles.js')).startUngated,
  bullmqGated: async () => (await import('./bullmq-roles.js')).startGated,
  nest: async () => (await import('./nest-redis-roles.js')).startNest,
  graphile: async () => (await import('./graphile-worker-roles.js')).startGraphile,
};

const Settings = z.object({ REDIS_URL: z.url(), DATABASE_URL: z.url() });

/** Whoever measures notices that we are gone, and says so. */
const giveUp = (fault: Error): never => {
  console.error(fault);
  process.exit(1);
};

// `node worker.main.js bullmq solver`, with an IPC channel: it ends when whoever started it goes.
process.once('disconnect', () => process.exit(0));

const [peer = '', name = ''] = process.argv.slice(2);
const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = Settings.parse(process.env);
const start = await starts[peer]?.();
if (!start) throw new Error(`There is no peer "${peer}" with processes of its own.`);
await start(name, { redisUrl, databaseUrl }, giveUp);
process.send?.('ready');
