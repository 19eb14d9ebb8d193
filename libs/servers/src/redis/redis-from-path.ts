import { UnavailableError } from '../errors.js';
import { onPath } from '../run.js';
import { type RedisBinary, checked } from './redis-binary.js';

/** `redis-server` or `valkey-server` as the machine has it. */
export const redisFromPath = async (): Promise<RedisBinary> => {
  for (const name of ['redis-server', 'valkey-server']) {
    const command = await onPath(name);
    if (command) return checked({ command, env: process.env, how: command });
  }
  throw new UnavailableError('neither redis-server nor valkey-server is there');
};
