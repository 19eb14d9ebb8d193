import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDirectory, cacheDirectory, exists } from '../cache-directory.js';
import { UnavailableError } from '../errors.js';
import { onPath, run } from '../run.js';
import { type Progress, type RedisBinary, checked } from './redis-binary.js';

const library = 'redis-memory-server@0.17.1';
/** The last line of releases under the BSD licence. */
const version = '7.2.11';

const build = `require('redis-memory-server/lib/util/RedisBinary').default
  .getPath({ version: process.argv[1], downloadDir: process.argv[2] })
  .then((path) => process.stdout.write(path), (error) => { console.error(error.message); process.exit(1); });`;

/**
 * Redis compiled from its sources by a library of the npm registry, which is fetched only here: it takes a minute or two and a
 * compiler, so everything else is tried before.
 */
export const redisFromRegistry = async (progress: Progress, cache = cacheDirectory()): Promise<RedisBinary> => {
  const target = join(cache, 'redis', `built-${version}-${process.platform}-${process.arch}`);
  if (!(await exists(target))) {
    for (const tool of ['npm', 'make', 'cc']) if (!(await onPath(tool))) throw new UnavailableError(`building it needs ${tool}`);
    progress(`building Redis ${version} from its sources; this takes a minute or two, once`);
  }
  await buildDirectory(target, async (workDir) => {
    await run('npm', ['install', '--prefix', workDir, '--ignore-scripts', '--no-audit', '--no-fund', library]);
    await run(process.execPath, ['-e', build, version, join(workDir, 'redis')], { cwd: workDir, timeoutMs: 600_000 });
    await access(builtIn(workDir));
  });
  return checked({ command: builtIn(target), env: process.env, how: 'built from its sources' });
};

const builtIn = (directory: string): string => join(directory, 'redis', version, 'redis-server');
