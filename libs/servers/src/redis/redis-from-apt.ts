import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDirectory, cacheDirectory, exists } from '../cache-directory.js';
import { UnavailableError } from '../errors.js';
import { onPath, run } from '../run.js';
import { type Progress, type RedisBinary, checked } from './redis-binary.js';

/**
 * The server of the distribution's own archive, unpacked into our cache. Nothing is installed and no root is needed: apt works on
 * private directories, resolves what is missing on this machine, and verifies signatures and checksums as always.
 */
export const redisFromApt = async (progress: Progress, cache = cacheDirectory()): Promise<RedisBinary> => {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!(await onPath(tool))) throw new UnavailableError(`no ${tool}: not a Debian or Ubuntu`);
  }
  const target = join(cache, 'redis', `${await distribution()}-${process.arch}`);
  if (await exists(target)) {
    try {
      return await unpacked(target);
    } catch (error) {
      progress(`the cached redis-server no longer runs (${String(error)}); fetching it again`);
      await rm(target, { recursive: true, force: true });
    }
  }
  progress("fetching redis-server from the distribution's packages");
  await buildDirectory(target, async (workDir) => {
    const root = join(workDir, 'root');
    await download(workDir, progress);
    for (const archive of await archivesIn(workDir)) await run('dpkg-deb', ['--extract', archive, root]);
    await unpacked(workDir);
    await rm(join(workDir, 'apt'), { recursive: true, force: true });
  });
  return unpacked(target);
};

/** With the package lists the machine has; if those are missing or too old, with fresh ones of our own. */
const download = async (workDir: string, progress: Progress): Promise<void> => {
  const apt = join(workDir, 'apt');
  await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
  await mkdir(join(apt, 'archives', 'partial'), { recursive: true });
  try {
    await downloadWith(apt, []);
  } catch {
    // Expected on a fresh image, whose lists are empty; the fault that counts is the one of the second try.
    progress('reading the package lists of the distribution');
    const ownLists = ['-o', `Dir::State::Lists=${join(apt, 'lists')}`];
    // One unreachable third-party source fails the whole update though the others are fine, so what counts is what follows.
    const updateFault = await aptGet(apt, [...ownLists, 'update']).then(
      () => '',
      (error: unknown) => ` (${String(error)})`,
    );
    await downloadWith(apt, ownLists).catch((error: unknown) => {
      throw new UnavailableError(`${String(error)}${updateFault}`);
    });
  }
};

const downloadWith = async (apt: string, lists: string[]): Promise<void> => {
  const plan = await aptGet(apt, [...lists, 'install', '--print-uris', '--yes', '--no-install-recommends', 'redis-server']);
  const packages = [...plan.matchAll(/^'[^']+' ([^_\s]+)_([^_\s]+)_\S+\.deb /gm)].map(
    ([, name, version]) => `${name}=${decodeURIComponent(version ?? '')}`,
  );
  if (packages.length === 0) throw new UnavailableError('apt knows no package redis-server that could be fetched');
  await aptGet(apt, [...lists, 'download', ...packages]);
};

const aptGet = async (apt: string, args: string[]): Promise<string> =>
  run(
    'apt-get',
    [
      '-q',
      '-o',
      `Dir::Cache=${apt}`,
      '-o',
      'Debug::NoLocking=1',
      '-o',
      'APT::Sandbox::User=root',
      '-o',
      'Acquire::Retries=2',
      '-o',
      'Acquire::http::Timeout=20',
      '-o',
      'Acquire::Languages=none',
      ...args,
    ],
    { cwd: apt, env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 180_000 },
  );

const archivesIn = async (workDir: string): Promise<string[]> => {
  const names = await readdir(join(workDir, 'apt'));
  return names.filter((name) => name.endsWith('.deb')).map((name) => join(workDir, 'apt', name));
};

const unpacked = async (directory: string): Promise<RedisBinary> => {
  const root = join(directory, 'root');
  const libraries = (await Promise.all(['usr/lib', 'lib'].map(async (lib) => librariesBelow(join(root, lib))))).flat();
  const env = { ...process.env, LD_LIBRARY_PATH: [...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') };
  return checked({ command: join(root, 'usr', 'bin', 'redis-server'), env, how: "the distribution's package" });
};

const librariesBelow = async (lib: string): Promise<string[]> =>
  (await exists(lib))
    ? (await readdir(lib, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
        .map(({ name }) => join(lib, name))
    : [];

const distribution = async (): Promise<string> => {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const value = (key: string) => new RegExp(`^${key}="?([\\w.-]+)"?$`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${value('ID')}-${value('VERSION_ID')}`;
};
