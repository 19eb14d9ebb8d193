import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDirectory, cacheDirectory, exists } from './cache-directory.js';
import { UnavailableError } from './errors.js';
import { onPath, run } from './run.js';

/** A package with all that it needs and this machine has not, unpacked into a directory of ours. */
export interface UnpackedPackage {
  /** Stands for `/`. */
  readonly root: string;
  /** What the dynamic linker needs to find the libraries beside the program. */
  readonly env: NodeJS.ProcessEnv;
}

export interface AptOptions<T> {
  /** E.g. `redis-server`. */
  readonly name: string;
  /** Directory below the cache. */
  readonly place: string;
  /** Throws unless what was unpacked runs here: a cached copy may have lost a library to a system upgrade. */
  readonly use: (unpacked: UnpackedPackage) => Promise<T>;
  readonly progress?: (step: string) => void;
  readonly cache?: string;
}

/**
 * A package of the distribution's own archive, unpacked into our cache. Nothing is installed and no root is needed: apt works on
 * private directories, resolves what is missing on this machine, and verifies signatures and checksums as always.
 * @throws {UnavailableError} when it cannot be had.
 */
export const packageFromApt = async <T>(options: AptOptions<T>): Promise<T> => {
  const { name, place, use, progress = () => undefined, cache = cacheDirectory() } = options;
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!(await onPath(tool))) throw new UnavailableError(`no ${tool}: not a Debian or Ubuntu`);
  }
  const target = join(cache, place, `${await distribution()}-${process.arch}`);
  if (await exists(target)) {
    try {
      return await use(await unpackedIn(target));
    } catch (error) {
      progress(`the cached ${name} no longer runs (${String(error)}); fetching it again`);
      await rm(target, { recursive: true, force: true });
    }
  }
  progress(`fetching ${name} from the distribution's packages`);
  await buildDirectory(target, async (workDir) => {
    const root = join(workDir, 'root');
    await download(name, workDir, progress);
    for (const archive of await archivesIn(workDir)) await run('dpkg-deb', ['--extract', archive, root]);
    await use(await unpackedIn(workDir));
    await rm(join(workDir, 'apt'), { recursive: true, force: true });
  });
  return use(await unpackedIn(target));
};

/** With the package lists the machine has; if those are missing or too old, with fresh ones of our own. */
const download = async (name: string, workDir: string, progress: (step: string) => void): Promise<void> => {
  const apt = join(workDir, 'apt');
  await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
  await mkdir(join(apt, 'archives', 'partial'), { recursive: true });
  try {
    await downloadWith(name, apt, []);
  } catch {
    // Expected on a fresh image, whose lists are empty; the fault that counts is the one of the second try.
    progress('reading the package lists of the distribution');
    const ownLists = ['-o', `Dir::State::Lists=${join(apt, 'lists')}`];
    // One unreachable third-party source fails the whole update though the others are fine, so what counts is what follows.
    const updateFault = await aptGet(apt, [...ownLists, 'update']).then(
      () => '',
      (error: unknown) => ` (${String(error)})`,
    );
    await downloadWith(name, apt, ownLists).catch((error: unknown) => {
      throw new UnavailableError(`${String(error)}${updateFault}`);
    });
  }
};

const downloadWith = async (name: string, apt: string, lists: string[]): Promise<void> => {
  const plan = await aptGet(apt, [...lists, 'install', '--print-uris', '--yes', '--no-install-recommends', name]);
  const packages = [...plan.matchAll(/^'[^']+' ([^_\s]+)_([^_\s]+)_\S+\.deb /gm)].map(
    ([, each, version]) => `${each}=${decodeURIComponent(version ?? '')}`,
  );
  if (packages.length === 0) throw new UnavailableError(`apt knows no package ${name} that could be fetched`);
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

const unpackedIn = async (directory: string): Promise<UnpackedPackage> => {
  const root = join(directory, 'root');
  const libraries = (await Promise.all(['usr/lib', 'lib'].map(async (lib) => librariesBelow(join(root, lib))))).flat();
  const env = { ...process.env, LD_LIBRARY_PATH: [...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') };
  return { root, env };
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
