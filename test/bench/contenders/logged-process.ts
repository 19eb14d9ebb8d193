import { freePort } from '@inquest/servers';
import { NODE_FLAGS } from '@inquest/standalone';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface Launch {
  /** For people. */
  readonly name: string;
  /** For Node.js, the program's path among them. */
  readonly args: readonly string[];
  /** Whether its port is where incidents come in. */
  readonly isDoor: boolean;
  readonly env: Readonly<Record<string, string>>;
}

const READY_WITHIN_MS = 60_000;

/** One service. Its log goes to a file, as a container's does. */
export class LoggedProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    readonly name: string,
    readonly url: string,
    readonly isDoor: boolean,
  ) {}

  static async start({ name, args, env, isDoor }: Launch, logFile: string): Promise<LoggedProcess> {
    const port = await freePort();
    const log = openSync(logFile, 'w');
    const child = spawn(process.execPath, [...NODE_FLAGS, ...args], {
      env: { ...process.env, ...env, PORT: String(port) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return new LoggedProcess(child, logFile, name, `http://127.0.0.1:${port}`, isDoor);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  async untilReady(): Promise<void> {
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const isReady = await fetch(`${this.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      if (this.child.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(
          `${this.child.spawnargs.join(' ')} did not become ready:\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`,
        );
      await pause(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(impatience);
  }
}
