import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names the directory in which a process finds a file called like its consumer: by how many milliseconds its clock is off. */
export const CLOCK_VARIABLE = 'INQUEST_CRASH_CLOCK_DIR';

/**
 * Runs in a service before its own code. Only the wall clock is shifted, as when somebody sets it or NTP steps it: timers and
 * `performance.now` go on as they were. The file is read at start and again at each SIGUSR2.
 */
const PRELOAD = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const RealDate = Date;
const path = join(process.env.${CLOCK_VARIABLE} ?? '', process.env.INQUEST_CONSUMER ?? '');
let offMs = 0;
const read = () => {
  try { offMs = Number(readFileSync(path, 'utf8')) || 0; } catch (error) { if (error.code !== 'ENOENT') throw error; }
};
const now = () => RealDate.now() + offMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
if (process.env.INQUEST_CONSUMER) { read(); process.on('SIGUSR2', read); }
`;

/** The environment that gives a process a clock which can be shifted. */
export const shiftableClock = (clockDir: string): Record<string, string> => ({
  [CLOCK_VARIABLE]: clockDir,
  NODE_OPTIONS: [process.env['NODE_OPTIONS'], `--import data:text/javascript,${encodeURIComponent(PRELOAD)}`]
    .filter(Boolean)
    .join(' '),
});

/** Shifts the clock of the process that is this replica: now, and for its successors until it is shifted again. */
export const shiftClock = async (
  clockDir: string,
  { service, index, pid }: { service: string; index: number; pid: number | undefined },
  offMs: number,
): Promise<void> => {
  await writeFile(join(clockDir, `${service}-${index}`), String(offMs));
  if (pid !== undefined) process.kill(pid, 'SIGUSR2');
};
