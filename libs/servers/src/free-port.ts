import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (32768 and up on Linux) and to Kubernetes' services (30000 and up): a
 * server that is killed and comes back at its port must not find a stranger's connection there.
 */
const [LOWEST, HIGHEST] = [20_000, 29_999];
const ATTEMPTS = 100;

/**
 * A port of 127.0.0.1 nobody listens on right now. Somebody may be faster than the caller: starts are repeated on another one.
 * @throws {Error} with the code EADDRINUSE or EACCES when so many ports cannot be had that something is wrong.
 */
export const freePort = async (attempts = ATTEMPTS): Promise<number> => {
  const port = randomInt(LOWEST, HIGHEST + 1);
  try {
    await canListen(port);
    return port;
  } catch (error) {
    if (attempts <= 1) throw error;
    return freePort(attempts - 1);
  }
};

const canListen = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
