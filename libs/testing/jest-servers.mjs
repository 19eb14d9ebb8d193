import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const servers = join(root, 'libs', 'servers');

/**
 * Jest's global setup: starts one Redis and one PostgreSQL for the whole run if a spec that needs them is going to run, and names them
 * in the workers' environment. Servers that are named there already are used as they are.
 */
export default async function startServers({ testPathPatterns }, { testMatch }) {
  if (!testMatch.some((glob) => /int|e2e/.test(glob))) return;
  if (!servedSpecs().some((path) => chosen(path, testPathPatterns?.patterns ?? []))) return;
  buildIfStale();
  const { startPostgres, startRedis } = await import('@inquest/servers');
  const provide = async (variable, start) => {
    if (process.env[variable]) return undefined;
    const server = await start({ progress: (step) => console.error(`  ${step}`) });
    process.env[variable] = server.url;
    return server;
  };
  const containers = process.env['INQUEST_TEST_CONTAINERS'] === 'true';
  globalThis.inquestTestServers = await Promise.all([
    provide('INQUEST_TEST_REDIS_URL', containers ? redisContainer : startRedis),
    provide('INQUEST_TEST_DATABASE_URL', containers ? postgresContainer : startPostgres),
  ]);
}

// With INQUEST_TEST_CONTAINERS=true the shared servers come from images, to test against other versions of them. The local programs
// are the rule: they need no Docker engine, which most build machines do not offer.
const redisContainer = async () => {
  const { RedisContainer } = await import('@testcontainers/redis');
  const container = await new RedisContainer(process.env['INQUEST_TEST_REDIS_IMAGE'] ?? 'redis:8').start();
  return { url: container.getConnectionUrl(), stop: () => container.stop() };
};

const postgresContainer = async () => {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const container = await new PostgreSqlContainer(process.env['INQUEST_TEST_POSTGRES_IMAGE'] ?? 'postgres:18').start();
  return { url: container.getConnectionUri(), stop: () => container.stop() };
};

const servedSpecs = () => ['apps', 'libs', 'test'].flatMap((folder) => filesBelow(join(root, folder), /\.(int|e2e)\.spec\.ts$/));

/** As Jest reads the patterns of its command line. */
const chosen = (path, patterns) =>
  patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern.replace(/^\.\//, ''), 'i').test(path));

/** Jest does not apply its module mapping to a global setup, so this one piece is used as built. */
const buildIfStale = () => {
  const builtMs = statSync(join(servers, 'dist', 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const stale = filesBelow(join(servers, 'src'), /\.ts$/).some(
    (path) => !path.endsWith('.spec.ts') && statSync(path).mtimeMs > builtMs,
  );
  if (!stale) return;
  execFileSync(join(root, 'node_modules', '.bin', 'nx'), ['build', '@inquest/servers'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
};

const filesBelow = (folder, pattern) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
