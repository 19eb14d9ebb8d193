import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { ServerDidNotStartError } from './errors.js';
import { watchOver } from './watchdog.js';

/** How to start one server and how to see that it is up. */
export interface Launch {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Only root may name another user. */
  uid?: number;
  gid?: number;
  /** Written to the standard input, for settings that must not show up in a process list. */
  input?: string;
  /** A line of the server's log which says that it takes connections. */
  ready: RegExp;
  readyWithinMs: number;
  /** What asks for an orderly end. */
  stopSignal: NodeJS.Signals;
  /** Ends what a SIGKILL of the process itself would leave running, such as a container. */
  killElsewhere?: () => Promise<void>;
  /** A directory that goes when the server goes, even if we are gone by then. */
  temporaryDir?: string;
}

const logLinesMax = 40;
const stopWithinMs = 15_000;

/**
 * One server as a child process in a session of its own, so that Ctrl-C in a terminal reaches us alone and the server is still
 * there while we drain. It cannot outlive us: a watchdog stops it when this process ends, even by SIGKILL.
 */
export class ServerProcess {
  private constructor(
    private readonly launch: Launch,
    private readonly child: ChildProcess,
    private readonly log: string[],
  ) {}

  static async start(launch: Launch): Promise<ServerProcess> {
    const { command, args, env, cwd, uid, gid } = launch;
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const log: string[] = [];
    const server = new ServerProcess(launch, child, log);
    await server.untilReady();
    return server;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Asks for an orderly end and insists after 15 s. Stopping twice is fine. */
  async stop(): Promise<void> {
    const insist = setTimeout(() => void this.kill(), stopWithinMs);
    await this.end(this.launch.stopSignal);
    clearTimeout(insist);
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    await this.launch.killElsewhere?.();
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    this.child.ref();
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  private async untilReady(): Promise<void> {
    const { child, launch } = this;
    // A server that ends before it has read its settings must not end us by EPIPE; its exit is what tells.
    child.stdin?.on('error', (error) => this.keep(`${error.message}\n`));
    child.stdin?.end(launch.input ?? '');
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new ServerDidNotStartError(launch.name, what, this.log));
      const timer = setTimeout(() => {
        fail(`did not get ready within ${launch.readyWithinMs} ms`);
        void this.kill();
      }, launch.readyWithinMs);
      const settle = () => clearTimeout(timer);
      const read = (chunk: Buffer) => {
        this.keep(chunk.toString());
        if (!launch.ready.test(chunk.toString())) return;
        settle();
        resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => fail(`ended at once (${signal ?? `exit code ${code}`})`));
      child.once('spawn', () => watchOver(child, { stopSignal: launch.stopSignal, temporaryDir: launch.temporaryDir }));
      child.once('exit', settle);
      child.once('error', settle);
    });
    this.letUsLeave();
  }

  private keep(text: string): void {
    this.log.push(...text.split('\n').filter((line) => line.trim() !== ''));
    this.log.splice(0, this.log.length - logLinesMax);
  }

  /** A program that has nothing else to do may end without stopping its servers; the watchdog does. */
  private letUsLeave(): void {
    this.child.unref();
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream instanceof Socket) stream.unref();
  }
}
