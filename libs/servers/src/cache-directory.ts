import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UnavailableError } from './errors.js';

/** Where fetched things are kept between runs: $XDG_CACHE_HOME/inquest, else ~/.cache/inquest. */
export const cacheDirectory = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'inquest');

export const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * A directory that every user can read but only we can write. As root it is what a server under another user needs when the clone or
 * root's home is closed to that user. In a shared place such as /var/tmp somebody else may have been there first: such a directory
 * is refused, since whoever owns it could exchange the programs in it.
 */
export const worldReadableDirectory = async (
  candidates = ['/var/cache/inquest', '/var/tmp/inquest', join(tmpdir(), 'inquest')],
): Promise<string> => {
  for (const candidate of candidates) {
    const ours = await mkdir(candidate, { recursive: true, mode: 0o755 })
      .then(() => stat(candidate))
      .then(
        ({ uid, mode }) => uid === process.getuid?.() && (mode & 0o022) === 0 && (mode & 0o005) === 0o005,
        () => false,
      );
    if (ours) return candidate;
  }
  throw new UnavailableError(`none of ${candidates.join(', ')} is a directory of our own that others can read`);
};

/**
 * Builds a directory beside its place and renames it there when it is complete, so that it is there whole or not at all, however the
 * run ends. Two runs at once both build; the later one drops its own.
 */
export const buildDirectory = async (target: string, build: (workDir: string) => Promise<void>): Promise<string> => {
  if (await exists(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const workDir = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await build(workDir);
    await rename(workDir, target);
  } catch (error) {
    await rm(workDir, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return target;
};
