import { UnavailableError } from '../errors.js';
import { onPath, run } from '../run.js';
import type { Progress, RedisBinary } from './redis-binary.js';

const image = 'redis:7.4-alpine';

/** The official image, if a container engine answers within two seconds. */
export const redisFromDocker = async (progress: Progress): Promise<RedisBinary> => {
  const command = await onPath('docker');
  if (!command) throw new UnavailableError('no docker command');
  await run(command, ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 2_000 });
  progress(`fetching the image ${image}`);
  await run(command, ['pull', '--quiet', image], { timeoutMs: 300_000 });
  return { command, env: process.env, how: `the image ${image}`, image };
};
