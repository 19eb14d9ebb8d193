import type { Logger } from '@inquest/telemetry';

/** A loop counts as stuck when its last turn ended longer ago than this many intervals, and at least this long. */
const STUCK_INTERVALS = 20;
const STUCK_MS = 30_000;

/** Does something again and again, one run at a time. A failed run is logged and the next one comes all the same. */
export class Loop {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private stopped = false;
  private turnedAt = performance.now();

  constructor(
    readonly name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.current = this.turn();
    }, this.everyMs);
  }

  /** Resolves when the run in hand has ended; no other follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  isTurning(): boolean {
    return performance.now() - this.turnedAt < Math.max(STUCK_MS, this.everyMs * STUCK_INTERVALS);
  }

  private async turn(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.logger.warn({ err: error, loop: this.name }, 'a run failed; the next one follows');
    }
    this.turnedAt = performance.now();
    if (!this.stopped) this.start();
  }
}
