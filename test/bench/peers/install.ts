import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

export interface Installation {
  readonly installed: boolean;
  /** Why not. */
  readonly reason?: string;
}

const FOLDER = import.meta.dirname;
const INSTALL_WITHIN_MS = 10 * 60_000;

const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), optional: z.boolean().optional() })),
});

/**
 * The packages of the peers, which Inquest itself does not need and therefore does not install. Fetches them when they are missing or
 * others than the lock file says. Without a network the answer is no.
 */
export const installPeers = async (): Promise<Installation> => {
  if (await isInstalled()) return { installed: true };
  process.stderr.write('Installing the packages of the peers …\n');
  const npm = process.env['npm_execpath']?.endsWith('.js') ? [process.execPath, process.env['npm_execpath']] : ['npm'];
  const [command = 'npm', ...first] = npm;
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000']; // By itself npm takes minutes to see that there is no network.
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...patience];
  try {
    await promisify(execFile)(command, [...first, ...flags], { cwd: FOLDER, timeout: INSTALL_WITHIN_MS });
    return { installed: true };
  } catch (error) {
    return { installed: false, reason: reasonOf(error) };
  }
};

/** npm writes its own list last, so a list that agrees with ours is that of an installation which came to its end. */
const isInstalled = async (): Promise<boolean> => {
  const wanted = await lockAt('package-lock.json');
  const present = await lockAt('node_modules', '.package-lock.json');
  if (!wanted) throw new Error(`${FOLDER} has no package-lock.json.`);
  if (!present) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) => path === '' || optional || present.packages[path]?.version === version,
  );
};

const lockAt = async (...path: string[]): Promise<z.infer<typeof Lock> | undefined> => {
  try {
    return Lock.parse(JSON.parse(await readFile(join(FOLDER, ...path), 'utf8')));
  } catch {
    return undefined; // Missing or torn: either way it says nothing.
  }
};

const Failure = z.object({ killed: z.boolean().optional(), stderr: z.string().optional(), message: z.string() });

const reasonOf = (error: unknown): string => {
  const { killed, stderr, message } = Failure.parse(error);
  if (killed) return `npm ci took longer than ${INSTALL_WITHIN_MS / 60_000} min`;
  const said = [...(stderr ?? '').matchAll(/^npm error (?!A complete log)(\S.*)$/gm)].slice(0, 3).map(([, line]) => line);
  return `npm ci failed: ${said.join(', ') || message}`;
};
