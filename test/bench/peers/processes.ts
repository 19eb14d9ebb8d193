import { build } from 'esbuild';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BenchServers } from '../servers.js';

/** The processes of a peer beside the bench's own. */
export interface Processes {
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5_000;

/** Starts one process per name and resolves when all are ready. `onLost` is told when one ends that should not. */
export const startProcesses = async (
  peer: string,
  names: readonly string[],
  { redisUrl, databaseUrl }: BenchServers,
  onLost: (fault: Error) => void,
): Promise<Processes> => {
  const script = await worker();
  const env = { ...process.env, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl };
  const children = names.map((name) =>
    // Without our flags: a loader for TypeScript would be measured with them. What they print is no result, so it goes to our stderr.
    fork(script, [peer, name], { env, execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] }),
  );
  const stop = async (): Promise<void> => {
    for (const child of children) child.off('exit', lost);
    await Promise.all(children.map(end));
  };
  const lost = (code: number | null, signal: string | null): void =>
    onLost(new Error(`A process of ${peer} ended in the middle of it (${signal ?? `exit code ${code}`}).`));
  try {
    await Promise.all(children.map((child, index) => untilReady(child, `${peer}'s ${names[index]}`)));
  } catch (error) {
    await stop();
    throw error;
  }
  for (const child of children) child.once('exit', lost);
  return { pids: children.flatMap(({ pid }) => pid ?? []), stop };
};

let bundled: Promise<string> | undefined;

/** As JavaScript, made once per run. It stays in this folder, from where Node.js finds the packages, which are not in it. */
const worker = (): Promise<string> => (bundled ??= bundle());

const bundle = async (): Promise<string> => {
  const outdir = join(import.meta.dirname, 'dist');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.main.ts')],
    outdir,
    bundle: true,
    splitting: true, // A peer whose packages are missing must not keep the others from starting.
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    logLevel: 'warning',
  });
  return join(outdir, 'worker.main.js');
};

const untilReady = (child: ChildProcess, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      child.off('exit', ended).off('message', ready);
      act();
    };
    const ready = (): void => settle(resolve);
    const ended = (code: number | null, signal: string | null): void =>
      settle(() => reject(new Error(`${name} did not start (${signal ?? `exit code ${code}`}).`)));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`${name} was not ready within ${READY_WITHIN_MS} ms.`))),
      READY_WITHIN_MS,
    );
    child.once('message', ready).once('exit', ended);
  });

/** They end by themselves when they can no longer talk to us, however we end. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.disconnect();
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(impatience);
};
