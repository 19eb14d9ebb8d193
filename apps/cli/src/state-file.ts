import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './errors.js';

/**
 * What a running standalone server leaves in its data directory (`server.json`, readable by its user alone), so that the
 * command line finds it. Removed when the server ends; after a crash `pid` tells that it is stale.
 */
export const ServerState = z.object({
  url: z.url(),
  /** File that holds the admin token. */
  tokenFile: z.string(),
  pid: z.int().positive(),
  startedAt: z.string(),
  redisUrl: z.string(),
  /** As the application role: it can read everything and change nothing. */
  databaseUrl: z.string(),
  /** Heads of the ledger, kept outside Postgres. */
  ledgerHeadsFile: z.string(),
});
export type ServerState = z.infer<typeof ServerState>;

export const STATE_FILE = 'server.json';

/** The state of the server that runs on a data directory; undefined when none does. */
export const readServerState = async (dataDir: string): Promise<ServerState | undefined> => {
  const text = await readFile(join(dataDir, STATE_FILE), 'utf8').catch(() => undefined);
  const parsed = ServerState.safeParse(text === undefined ? undefined : parseJson(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : undefined;
};

/** The token that the state points to; undefined when it cannot be read, which is another user's server. */
export const readToken = (state: ServerState): string | undefined => {
  try {
    return readFileSync(state.tokenFile, 'utf8').trim();
  } catch {
    return undefined;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Half written; whoever writes it will be found at the next look.
  }
};

/** EPERM means that it lives, as another user. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};
