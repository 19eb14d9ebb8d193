import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shiftableClock, shiftClock } from './shifted-clock.js';

const HOUR_MS = 3_600_000;

/** Prints, for each line it reads, what its clocks say: three readings of the wall clock and whether a date is still a Date. */
const PROGRAM = `
process.stdin.on('data', () =>
  console.log(JSON.stringify([Date.now(), new Date().getTime(), Date.parse(Date()), new Date(5).getTime(), new Date() instanceof Date])));
`;

it('shifts the wall clock of one process by a signal, and back', async () => {
  const clockDir = await mkdtemp(join(tmpdir(), 'inquest-clock-'));
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    env: { ...process.env, ...shiftableClock(clockDir), INQUEST_CONSUMER: 'reviewer-1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: child.stdout });
    const offMs = async (): Promise<number[]> => {
      const line = once(lines, 'line');
      child.stdin.write('?\n');
      const [now, made, printed, fixed, isDate] = JSON.parse(String((await line)[0])) as [
        number,
        number,
        number,
        number,
        boolean,
      ];
      expect([fixed, isDate]).toEqual([5, true]);
      return [now, made, printed].map((ms) => Math.round((ms - Date.now()) / 10_000) * 10_000 || 0);
    };
    const replica = { service: 'reviewer', index: 1, pid: child.pid };
    expect(await offMs()).toEqual([0, 0, 0]);
    for (const wanted of [HOUR_MS, -90_000, 0]) {
      await shiftClock(clockDir, replica, wanted);
      // The signal and our question take different ways to the process.
      while ((await offMs())[0] !== wanted);
      expect(await offMs()).toEqual([wanted, wanted, wanted]);
    }
  } finally {
    child.kill('SIGKILL');
    await rm(clockDir, { recursive: true, force: true });
  }
});
