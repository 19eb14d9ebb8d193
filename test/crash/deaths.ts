/** Services that ended though nobody had asked them to, as they are told of. */
export class Deaths {
  private readonly seen = new Map<string, number>();
  private readonly waiting = new Set<() => void>();
  private counted = 0;

  /** For `onLost` of a rig: `reviewer.1`, `SIGKILL`. */
  readonly note = (name: string, how: string): void => {
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
    if (how === 'SIGKILL') this.counted++;
    for (const look of this.waiting) look();
  };

  /** Services killed by SIGKILL so far. */
  get kills(): number {
    return this.counted;
  }

  of(name: string): number {
    return this.seen.get(name) ?? 0;
  }

  /** Resolves with true as soon as the service has died more often than `before`, with false after `withinMs`. */
  async next(name: string, before: number, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (died: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(died);
      };
      const look = (): void => {
        if (this.of(name) > before) finish(true);
      };
      const timer = setTimeout(() => finish(false), withinMs);
      this.waiting.add(look);
      look();
    });
  }
}
