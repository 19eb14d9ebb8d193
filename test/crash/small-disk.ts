import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from './error-code.js';

const run = promisify(execFile);

const SPARE_BYTES = 256 * 1024;
const CHUNK = Buffer.alloc(64 * 1024);
const TRIES_MAX = 20;

/** Unmounts when its standard input closes, which the kernel sees to however we end. */
const CARETAKER = 'read -r _; umount -l "$1"';

/** A disk in memory, mounted for one test. It can be full: filled with ballast to its last byte, and emptied of it again. */
export class SmallDisk {
  private constructor(
    readonly path: string,
    private readonly bytes: number,
    private readonly caretaker: ChildProcess,
  ) {}

  /** Why there can be none here, for people; undefined when there can. */
  static unavailable(): string | undefined {
    if (process.platform !== 'linux') return 'a disk of its own needs Linux';
    return process.getuid?.() === 0 ? undefined : 'mounting a disk in memory needs root';
  }

  /** @throws when the machine does not let us mount, as in most containers. */
  static async mount(path: string, bytes: number): Promise<SmallDisk> {
    await mkdir(path, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0755`, 'inquest-crash', path]);
    const caretaker = spawn('/bin/sh', ['-c', CARETAKER, 'inquest-disk', path], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    caretaker.unref();
    return new SmallDisk(path, bytes, caretaker);
  }

  /** Shrinks it to what is used, so that little ballast is needed, and uses up the rest. Returns when a write has failed. */
  async fill(): Promise<void> {
    await this.shrink();
    const ballast = await open(this.ballast, 'a', 0o600);
    try {
      for (;;) await ballast.write(CHUNK);
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC') throw error;
    } finally {
      await ballast.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.ballast, { force: true });
    await this.resize(this.bytes);
  }

  async unmount(): Promise<void> {
    if (this.caretaker.exitCode !== null) return;
    const gone = once(this.caretaker, 'exit');
    this.caretaker.ref();
    this.caretaker.stdin?.end();
    await gone;
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }

  /** Whoever uses the disk may have filled more than the spare between our look and the order, which is then refused. */
  private async shrink(): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { blocks, bfree, bsize } = await statfs(this.path);
      try {
        return await this.resize((blocks - bfree) * bsize + SPARE_BYTES);
      } catch (error) {
        if (tries === TRIES_MAX) throw error;
      }
    }
  }

  private async resize(bytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${bytes}`, this.path]);
  }
}
