import { freePort } from '@inquest/servers';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, residentMb } from './cpu.js';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** An app that has just said that it is ready. */
export interface StartedApp {
  readonly url: string;
  /** Milliseconds from the start of the process. */
  readonly readyMs: number;
  /** Processor time until then, of this process alone. */
  readonly cpuMs: number;
  /** Milliseconds since the start of the process. */
  since(): number;
  residentMb(): number;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;
const GONE_WITHIN_MS = 20_000;

/** @param stopping who ends it instead of a SIGTERM to the process, for those that are not the process we start. */
export const startApp = async (
  { command, args, env }: Launch,
  stopping: (child: ChildProcess) => Promise<void> = async (child) => void child.kill('SIGTERM'),
): Promise<StartedApp> => {
  const port = await freePort();
  const { NODE_OPTIONS: _ours, ...surroundings } = process.env;
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { ...surroundings, LOG_LEVEL: 'error', INQUEST_SHUTDOWN_DELAY_MS: '0', ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const pid = child.pid ?? -1;
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    const gone = child.exitCode !== null || child.signalCode !== null;
    const late = performance.now() - startedAt > READY_WITHIN_MS;
    if (late) child.kill('SIGKILL');
    if (gone || late) throw new Error(`${[command, ...args].join(' ')} did not become ready.\n${said.join('')}`);
    await pause(LOOK_EVERY_MS);
  }
  const readyMs = performance.now() - startedAt;
  const cpuMs = cpuSeconds({ pids: [pid] }) * 1_000;
  return {
    url,
    readyMs,
    cpuMs,
    since: () => performance.now() - startedAt,
    residentMb: () => residentMb(pid),
    stop: async () => {
      const gone = once(child, 'exit');
      const impatience = setTimeout(() => child.kill('SIGKILL'), GONE_WITHIN_MS);
      await stopping(child);
      await gone;
      clearTimeout(impatience);
    },
  };
};

/** Tells on its standard error what processor time it used, in microseconds, when it ends. */
const TELLING =
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(`cpu ${user + system}\\n`); });";

/** A program that ends by itself: milliseconds until it has, and of processor time. */
export const runToEnd = async (args: readonly string[]): Promise<{ readonly readyMs: number; readonly cpuMs: number }> => {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(TELLING)}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child, 'close');
  return { readyMs: performance.now() - startedAt, cpuMs: Number(/cpu (\d+)/.exec(said)?.[1] ?? NaN) / 1_000 };
};

const isReady = async (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );
