/** An entry that this reader has taken and not yet put down. */
interface Held {
  readonly inboxId: string;
  renewedAtMs: number;
}

/**
 * What one reader holds: entries that are handled, that wait to be handled again, or whose acknowledgement is under way. Whatever is
 * pending under our name and not held here was lost on its way to us.
 */
export class Hand {
  private readonly held = new Map<string, Held>();
  private busyLanes = 0;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly lanes: number,
    private readonly waitingMax: number,
  ) {}

  get size(): number {
    return this.held.size;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.held.keys());
  }

  /** Free lanes. None while too many entries wait to be tried again: then something is wrong that reading more does not mend. */
  get freeLanes(): number {
    return this.held.size - this.busyLanes >= this.waitingMax ? 0 : this.lanes - this.busyLanes;
  }

  /** False when it is held already. */
  take(inboxId: string): boolean {
    if (this.held.has(inboxId)) return false;
    this.held.set(inboxId, { inboxId, renewedAtMs: performance.now() });
    return true;
  }

  putDown(inboxIds: readonly string[]): void {
    for (const id of inboxIds) this.held.delete(id);
    this.changed();
  }

  /** Runs in a lane of its own, once one is free. */
  async inLane<T>(work: () => Promise<T>): Promise<T> {
    while (this.busyLanes >= this.lanes) await this.change(1_000);
    this.busyLanes += 1;
    try {
      return await work();
    } finally {
      this.busyLanes -= 1;
      this.changed();
    }
  }

  /** Held since so long that another reader might think them abandoned; counts as renewed from now on. */
  dueForRenewal(everyMs: number): string[] {
    const now = performance.now();
    const due = [...this.held.values()].filter((held) => now - held.renewedAtMs >= everyMs);
    for (const held of due) held.renewedAtMs = now;
    return due.map(({ inboxId }) => inboxId);
  }

  /** Resolves at the next change, or after `withinMs`. */
  async change(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter !== wake);
        resolve();
      }, withinMs);
      this.waiters.push(wake);
    });
  }

  private changed(): void {
    const woken = this.waiters;
    this.waiters = [];
    for (const wake of woken) wake();
  }
}
