import { join } from 'node:path';
import { CommandError, EXIT } from './exit-codes.js';
import { GatewayClient } from './gateway-client.js';
import { readServerState, readToken, type ServerState } from './state-file.js';
import type { Terminal } from './terminal.js';

/** What every command can be told about the server. */
export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
}

/** Where a command runs: its terminal and the repository that it belongs to. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The repository's root: the standalone server and its data directory are below it. */
  readonly rootDir: string;
}

/** A server that a command may talk to. `state` is known of a standalone server on this machine only. */
export interface FoundServer {
  readonly gateway: GatewayClient;
  readonly state?: ServerState;
}

export const dataDirOf = ({ terminal, rootDir }: CommandContext): string =>
  terminal.environment.INQUEST_DATA_DIR || join(rootDir, '.inquest');

/**
 * The server to use: `--url`, else INQUEST_URL, else the standalone one that runs on this data directory. Its token is
 * never sent to another URL: that one needs `--token` or INQUEST_TOKEN.
 */
export const findServer = async (context: CommandContext, options: ServerOptions): Promise<FoundServer | undefined> => {
  const { environment } = context.terminal;
  const state = await readServerState(dataDirOf(context));
  const url = options.url ?? (environment.INQUEST_URL || state?.url);
  if (!url) return undefined;
  if (!URL.canParse(url)) throw new CommandError(`"${url}" is no URL.`, EXIT.usage, 'Give it as http://host:port.');
  const local = state && new URL(state.url).origin === new URL(url).origin ? state : undefined;
  const token = options.token ?? (environment.INQUEST_TOKEN || (local && readToken(local)));
  return { gateway: new GatewayClient({ url, ...(token && { token }) }), ...(local && { state: local }) };
};

/** The same, for commands that do not start a server themselves. */
export const requireServer = async (context: CommandContext, options: ServerOptions): Promise<FoundServer> => {
  const found = await findServer(context, options);
  if (found) return found;
  throw new CommandError(
    `No server is running on ${dataDirOf(context)}.`,
    EXIT.unreachable,
    'Start one in another terminal with "npm start", or name one with --url or INQUEST_URL.',
  );
};
