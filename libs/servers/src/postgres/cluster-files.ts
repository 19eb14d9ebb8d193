import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exists, worldReadableDirectory } from '../cache-directory.js';
import { DataDirectoryInUseError } from '../errors.js';
import { run } from '../run.js';
import type { DatabaseUser } from './database-user.js';
import type { NativePrograms } from './native-programs.js';

/** The files of one PostgreSQL cluster: `data`, and beside it the superuser's password, readable by its owner alone. */
export interface ClusterFiles {
  dir: string;
  data: string;
  password: string;
}

/** The directory asked for or, where the database's user cannot reach it, one outside that is always the same for it. */
export const clusterDirectory = async (wanted: string | undefined, user: DatabaseUser): Promise<string> => {
  if (wanted === undefined) return temporaryDirectory(user);
  const dir = resolve(wanted);
  await mkdir(dir, { recursive: true });
  await owned(dir, user);
  if (await reachable(dir, user)) return dir;
  const elsewhere = join(await worldReadableDirectory(), 'data', createHash('sha256').update(dir).digest('hex').slice(0, 16));
  await mkdir(elsewhere, { recursive: true });
  return owned(elsewhere, user);
};

const temporaryDirectory = async (user: DatabaseUser): Promise<string> => {
  const dir = await owned(await mkdtemp(join(tmpdir(), 'inquest-postgres-')), user);
  if (await reachable(dir, user)) return dir;
  await rm(dir, { recursive: true });
  return owned(await mkdtemp(join(await worldReadableDirectory(), 'temporary-')), user);
};

/** How a cluster that does not exist yet is made. */
export interface NewCluster {
  temporary: boolean;
  /** Of the write-ahead log; standard: inside the cluster. */
  logDir?: string | undefined;
}

/** The cluster in a directory, created if there is none. One that was interrupted while it was made is made anew. */
export const clusterFiles = async (
  dir: string,
  { initdb }: NativePrograms,
  user: DatabaseUser,
  { temporary, logDir }: NewCluster,
): Promise<ClusterFiles> => {
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  if (!(await exists(data))) {
    const unfinished = join(dir, 'data.unfinished');
    await rm(unfinished, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await owned(passwordFile, user, 0o600);
    if (logDir !== undefined) await owned(logDir, user);
    await run(
      initdb,
      [
        `--pgdata=${unfinished}`,
        `--pwfile=${passwordFile}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(logDir === undefined ? [] : [`--waldir=${logDir}`]),
        ...(temporary ? ['--no-sync'] : []), // Nobody opens it again after a power cut.
      ],
      { ...user, cwd: dir, env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } },
    );
    await rename(unfinished, data);
  }
  await removeStalePidFile(data);
  return { dir, data, password: (await readFile(passwordFile, 'utf8')).trim() };
};

/**
 * PostgreSQL removes the pid file of a dead process by itself, but not when its number has gone to another program meanwhile, which is
 * likely after a restart of a container. A server that is just ending gets ten seconds.
 */
const removeStalePidFile = async (data: string): Promise<void> => {
  const path = join(data, 'postmaster.pid');
  for (let tries = 0; await exists(path); tries++) {
    const pid = Number((await readFile(path, 'utf8').catch(() => '')).split('\n')[0]);
    if (!(await isPostgres(pid))) return rm(path, { force: true });
    if (tries === 100) throw new DataDirectoryInUseError(data, pid);
    await new Promise((done) => setTimeout(done, 100));
  }
};

const isPostgres = async (pid: number): Promise<boolean> => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  // The command line of a dead process that nobody has collected yet is empty, its name is not.
  const program = (await exists('/proc/self/cmdline'))
    ? readFile(`/proc/${pid}/cmdline`, 'utf8')
    : run('ps', ['-o', 'comm=', '-p', String(pid)]);
  return program.then(
    (text) => text.includes('postgres'),
    () => false,
  );
};

const owned = async (path: string, { uid, gid }: DatabaseUser, mode = 0o700): Promise<string> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  await chmod(path, mode);
  return path;
};

const reachable = async (dir: string, user: DatabaseUser): Promise<boolean> =>
  run('/bin/sh', ['-c', 'cd -- "$1" && : > .writable && rm .writable', 'sh', dir], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
