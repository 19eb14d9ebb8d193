import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { freeDoor } from './free-door.js';

const occupying = async (work: (port: number) => Promise<void>): Promise<void> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};

describe('the gateway’s port', () => {
  it('is the next free one when the wanted one is taken', () =>
    occupying(async (taken) => {
      const door = await freeDoor(taken);
      expect(door).toBeGreaterThan(taken);
      expect(door).toBeLessThan(taken + 20);
    }));

  it('is any free one for 0', async () => expect(await freeDoor(0)).toBeGreaterThan(1_023));
});
