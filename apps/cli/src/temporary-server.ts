import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError, EXIT } from './exit-codes.js';
import { dataDirOf, findServer, type CommandContext, type FoundServer, type ServerOptions } from './server.js';

/** A first start fetches and initialises servers; later ones take seconds. */
const READY_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 100;
/** Longer than the standalone app's own drain. */
const STOP_WITHIN_MS = 30_000;

/** Runs `work` with a server: the one there is, else a standalone one that is started for it and stopped after it. */
export const withServer = async <T>(
  context: CommandContext,
  options: ServerOptions,
  work: (server: FoundServer) => Promise<T>,
): Promise<T> => {
  const found = await findServer(context, options);
  if (found) return work(found);
  const child = startStandalone(context);
  try {
    return await work(await untilReady(context, child));
  } finally {
    await stop(child.process);
  }
};

interface Standalone {
  readonly process: ChildProcess;
  /** The last things it said. */
  readonly said: string[];
}

const startStandalone = ({ terminal, rootDir }: CommandContext): Standalone => {
  const main = join(rootDir, 'dist/apps/standalone/main.js');
  if (!existsSync(main))
    throw new CommandError('The standalone server is not built.', EXIT.unreachable, 'Run "npm run build" once, or "npm start".');
  terminal.err(terminal.style.colour.dim('No server is running: starting one for this debate (keep one with "npm start").'));
  // A group of its own: Ctrl-C in the terminal must reach it through us, after the debate under way has been given up.
  const child = spawn(process.execPath, [main, '--no-demo', '--quiet'], {
    env: { ...terminal.environment, PORT: terminal.environment.PORT ?? '0' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // It ends when this channel does, so also when we are killed.
    detached: true,
  });
  const said: string[] = [];
  const listen = (chunk: Buffer): void => {
    said.push(...chunk.toString().split('\n').filter(Boolean));
    said.splice(0, said.length - 20);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  return { process: child, said };
};

const untilReady = async (context: CommandContext, { process: child, said }: Standalone): Promise<FoundServer> => {
  const { interrupted } = context.terminal;
  for (
    const startedAt = Date.now();
    Date.now() - startedAt < READY_WITHIN_MS;
    await pause(LOOK_EVERY_MS, undefined, { signal: interrupted })
  ) {
    const found = await findServer(context, {});
    if (found?.state) return found;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new CommandError(
        `The standalone server did not start:\n${said.map((line) => `  ${line}`).join('\n')}`,
        EXIT.unreachable,
        'Look closer with: npm start',
      );
    }
  }
  throw new CommandError(
    `The standalone server on ${dataDirOf(context)} was not ready after ${READY_WITHIN_MS / 1_000} s.`,
    EXIT.unreachable,
    'Look closer with: npm start',
  );
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(impatience);
};
