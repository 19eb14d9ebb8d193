import { ServerState, STATE_FILE } from '@inquest/cli';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from './platform.js';

/** Tells the command line on this machine where we are; written whole or not at all. */
export const writeServerState = async (dataDir: string, url: string, { environment, tokenFile }: Platform): Promise<void> => {
  const state: ServerState = {
    url,
    tokenFile,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    redisUrl: environment.REDIS_URL,
    databaseUrl: environment.DATABASE_URL,
    ledgerHeadsFile: environment.INQUEST_LEDGER_HEADS_FILE,
  };
  const file = join(dataDir, STATE_FILE);
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
};

/** Takes it away again, unless another server has written its own meanwhile. */
export const removeServerState = async (dataDir: string): Promise<void> => {
  const file = join(dataDir, STATE_FILE);
  const text = await readFile(file, 'utf8').catch(() => '{}');
  if (ServerState.safeParse(JSON.parse(text)).data?.pid === process.pid) await rm(file, { force: true });
};
