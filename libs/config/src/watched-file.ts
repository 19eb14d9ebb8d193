import { readFileSync, statSync } from 'node:fs';

/** The file cannot be used, and nothing was in force before it. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
  constructor(
    readonly path: string,
    readonly problems: readonly string[],
  ) {
    super(`${path} cannot be used; correct this and start again:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

export type FileReading<T> =
  { readonly readable: true; readonly value: T } | { readonly readable: false; readonly problems: readonly string[] };

export interface WatchedFileOptions<T> {
  readonly path: string;
  readonly read: (text: string) => FileReading<T>;
  /** Milliseconds between two looks at the file. */
  readonly everyMs: number;
  /** A changed file is in force from now on. */
  readonly onChanged?: (value: T) => void;
  /** A changed file cannot be used and the last good one stays; told once per change. */
  readonly onRefused?: (problems: readonly string[]) => void;
}

/**
 * A file of settings that may change while a service runs. A bad one at start throws; a bad one later changes nothing, and the
 * last good one stays. Looks by polling, since a mounted ConfigMap is swapped by a link, which watchers of files miss.
 */
export class WatchedFile<T> {
  private readonly timer: NodeJS.Timeout;
  private good: T;
  private seen: string;
  private refused: readonly string[] = [];

  /** @throws {UnusableFileError} when the file cannot be read or does not fit. */
  constructor(private readonly options: WatchedFileOptions<T>) {
    this.seen = this.stamp();
    const reading = this.reading();
    if (!reading.readable) throw new UnusableFileError(options.path, reading.problems);
    this.good = reading.value;
    this.timer = setInterval(() => this.look(), options.everyMs).unref();
  }

  /** The last good one. */
  get value(): T {
    return this.good;
  }

  /** Why the file as it is now is not the one in force; empty when it is. */
  get problems(): readonly string[] {
    return this.refused;
  }

  /** Looks now and not only when it is time; never throws. */
  look(): void {
    const stamp = this.stamp();
    if (stamp === this.seen) return;
    this.seen = stamp;
    const reading = this.reading();
    this.refused = reading.readable ? [] : reading.problems;
    if (!reading.readable) return this.options.onRefused?.(reading.problems);
    this.good = reading.value;
    this.options.onChanged?.(reading.value);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Times alone can stay the same through two writes; a file that is away has a stamp too. */
  private stamp(): string {
    try {
      const { mtimeMs, ino, size } = statSync(this.options.path);
      return `${mtimeMs}:${ino}:${size}`;
    } catch (error) {
      return codeOf(error);
    }
  }

  private reading(): FileReading<T> {
    try {
      return this.options.read(readFileSync(this.options.path, 'utf8'));
    } catch (error) {
      return { readable: false, problems: [`the file cannot be read: ${codeOf(error)}`] };
    }
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.message : String(error);
