import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UnavailableError } from './errors.js';

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  timeoutMs?: number;
}

/** Runs a command to its end and returns what it printed. Throws UnavailableError with its last lines if it fails. */
export const run = async (
  command: string,
  args: string[],
  { timeoutMs = 120_000, ...options }: RunOptions = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(command, args, { ...options, timeout: timeoutMs, maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stderr}`.trim().split('\n').slice(-3).join(' | ');
      const fault = error.killed ? `took longer than ${timeoutMs} ms` : said || error.message;
      reject(new UnavailableError(`${command} ${args[0] ?? ''}: ${fault}`));
    });
  });

/** The full path of a command, or undefined when it is on none of the directories of PATH. */
export const onPath = async (command: string, path = process.env['PATH'] ?? ''): Promise<string | undefined> => {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const candidate = join(directory, command);
    const executable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return candidate;
  }
  return undefined;
};
