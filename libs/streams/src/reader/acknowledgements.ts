/** Gathers what is acknowledged within one tick into one command. */
export class Acknowledgements {
  private waiting: string[] = [];
  private flushing: Promise<void> | undefined;

  constructor(private readonly acknowledge: (inboxIds: readonly string[]) => Promise<void>) {}

  /** Resolves when Redis has it; rejects when that is uncertain, and the entries may come again. */
  add(inboxIds: readonly string[]): Promise<void> {
    if (inboxIds.length === 0) return Promise.resolve();
    this.waiting.push(...inboxIds);
    this.flushing ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        const inboxIdsNow = this.waiting;
        this.waiting = [];
        this.flushing = undefined;
        this.acknowledge(inboxIdsNow).then(resolve, reject);
      });
    });
    return this.flushing;
  }
}
