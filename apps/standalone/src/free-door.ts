import { freePort } from '@inquest/servers';
import { createServer } from 'node:net';

const TRIES_MAX = 20;

/** The wanted port, else the next free one after it; 0 takes any. */
export const freeDoor = async (wanted: number): Promise<number> => {
  if (wanted === 0) return freePort();
  for (let port = wanted; port < wanted + TRIES_MAX && port <= 65_535; port++) if (await isFree(port)) return port;
  throw new Error(`The ports ${wanted} to ${wanted + TRIES_MAX - 1} are all taken; name another with PORT.`);
};

/** Asked as the gateway listens: on every address. */
const isFree = async (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
