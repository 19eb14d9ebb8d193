import { isHarm, startDoor, TOKEN } from './fuzz/door.js';
import { flood } from './fuzz/flood.js';
import type { System } from './support/system.js';

/** Another one every day; the one that failed stands in the failure. All 100 000: see test/fuzz/webhooks.ts. */
const SEED = Number(process.env['INQUEST_FUZZ_SEED'] ?? Math.floor(Date.now() / 86_400_000));

describe('a gateway under odd webhooks', () => {
  let door: System;
  const harm: string[] = [];
  beforeAll(async () => {
    door = await startDoor((name, line) => void (isHarm(line) && harm.push(`${name} ${line}`)));
  }, 120_000);
  afterAll(() => door.stop());

  it(`answers each of 1000, of seed ${SEED}, with a receipt or with a reason, and goes on`, async () => {
    const before = JSON.stringify(door.processes.pids());
    const { faults, statuses, results } = await flood({ url: door.processes.url, token: TOKEN, seed: SEED, bodies: 1_000 });
    expect(faults).toEqual([]);
    expect(harm).toEqual([]);
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['202', '400', '422']));
    expect(results['opened']).toBeGreaterThan(50);
    expect(JSON.stringify(door.processes.pids())).toBe(before);
    expect((await fetch(`${door.processes.url}/healthz`)).status).toBe(200);
  }, 120_000);
});
