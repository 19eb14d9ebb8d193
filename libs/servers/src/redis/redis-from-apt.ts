import { join } from 'node:path';
import { packageFromApt } from '../package-from-apt.js';
import { type Progress, type RedisBinary, checked } from './redis-binary.js';

/** The server of the distribution's own archive, unpacked into our cache. */
export const redisFromApt = (progress: Progress, cache?: string): Promise<RedisBinary> =>
  packageFromApt({
    ...{ name: 'redis-server', place: 'redis', progress, ...(cache !== undefined && { cache }) },
    use: ({ root, env }) =>
      checked({ command: join(root, 'usr', 'bin', 'redis-server'), env, how: "the distribution's package" }),
  });
