import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServiceLaunch {
  /** `reviewer`, `gateway`, … */
  readonly service: string;
  /** 0, 1, … among its replicas. */
  readonly index: number;
  readonly script: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Told of every line that it writes. */
  readonly onLine: (name: string, line: string) => void;
  /** Told when it ended though nobody here asked it to. */
  readonly onLost: (name: string, how: string) => void;
}

/**
 * Of Node.js, for each service; `deploy/Dockerfile` has the same. A turn leaves some hundred kilobytes of garbage: with room for more
 * turns at a time a fifth of the processor time is saved. And what survives while a batch is written must not be taken for long-lived:
 * V8 would make the next ones old from birth, which costs the recorder a sixth of its processor time.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32', '--no-allocation-site-pretenuring'] as const;

const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;
/** Runs in the service before its own code: were we killed, it would stay for ever and answer sessions that are not its own. */
const END_WITH_PARENT = "process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref();";

/** One service as a process of its own. */
export class ServiceProcess {
  private expected = false;
  private readonly lines: string[] = [];
  /** Settles when it has ended and everything it said has been heard. */
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly launch: ServiceLaunch,
    private readonly child: ChildProcess,
  ) {
    this.closed = once(child, 'close');
  }

  /** Starts it and resolves when it says that it is ready. */
  static async start(launch: ServiceLaunch): Promise<ServiceProcess> {
    const { script, port, environment, service, index } = launch;
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, '--import', `data:text/javascript,${encodeURIComponent(END_WITH_PARENT)}`, script],
      {
        env: { ...environment, PORT: String(port), INQUEST_CONSUMER: `${service}-${index}` },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true, // Ctrl-C reaches us alone; we stop the services in order.
      },
    );
    const started = new ServiceProcess(launch, child);
    started.listen();
    try {
      await started.untilReady();
    } catch (error) {
      await started.stop(1_000);
      throw error;
    }
    return started;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get name(): string {
    return `${this.launch.service}.${this.launch.index}`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.launch.port}`;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Ends it as a crash or an operator would; resolves when it is gone (SIGSTOP and SIGCONT: at once). */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    // Neither ends it, so an end that comes later is as unexpected as before.
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void this.child.kill(signal);
    this.expected = signal !== 'SIGKILL';
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }

  /** Asks it to drain and leave; after `graceMs` it has to. */
  async stop(graceMs: number): Promise<void> {
    this.expected = true;
    if (this.hasEnded) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGCONT'); // One that a test has paused could not hear the next signal.
    this.child.kill('SIGTERM');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(impatience);
  }

  private listen(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        if (this.lines.length > 40) this.lines.shift();
        this.launch.onLine(this.name, line);
      });
    }
    this.child.once('exit', (code, signal) => {
      if (!this.expected) this.launch.onLost(this.name, signal ?? `exit code ${code}`);
    });
  }

  private async untilReady(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    let answer = 'no answer';
    while (Date.now() < end) {
      if (this.hasEnded) {
        await this.closed;
        throw new Error(`${this.name} did not start:\n${this.tail()}`);
      }
      const readiness = await this.readiness();
      if (readiness === 'ready') return;
      answer = readiness;
      await pause(LOOK_EVERY_MS);
    }
    throw new Error(
      `${this.name} was not ready after ${READY_WITHIN_MS / 1_000} s; /readyz last said: ${answer}\n${this.tail()}`,
    );
  }

  /** `ready`, or why not. */
  private async readiness(): Promise<string> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      return response.ok ? 'ready' : `${response.status} ${await response.text()}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private tail(): string {
    return this.lines.map((line) => `  ${line}`).join('\n');
  }
}
