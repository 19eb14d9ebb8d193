import { existsSync } from 'node:fs';
import { CommandError, EXIT } from './exit-codes.js';
import { dataDirOf, type CommandContext } from './server.js';
import { readServerState } from './state-file.js';

export interface RecordAddress {
  readonly url: string;
  /** Heads of the ledger that the standalone server keeps beside its database. */
  readonly headsFile?: string | undefined;
}

/** Where the record is: DATABASE_URL, else that of the standalone server that runs here. */
export const recordAddress = async (context: CommandContext): Promise<RecordAddress> => {
  const { DATABASE_URL: url } = context.terminal.environment;
  if (url) return { url };
  const state = await readServerState(dataDirOf(context));
  if (state) return { url: state.databaseUrl, headsFile: existsSync(state.ledgerHeadsFile) ? state.ledgerHeadsFile : undefined };
  throw new CommandError('No database is known.', EXIT.unreachable, 'Start a server with "npm start", or set DATABASE_URL.');
};
