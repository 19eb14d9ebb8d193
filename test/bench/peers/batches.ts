const BATCH_MAX = 500;

/** While one batch is worked on, the next one gathers. */
export class Batches<T> {
  private waiting: T[] = [];
  private working: Promise<void> | undefined;

  constructor(
    private readonly handle: (batch: readonly T[]) => Promise<void>,
    private readonly onFault: (fault: Error) => void,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    this.working ??= this.work();
  }

  /** Resolves when nothing is left. */
  async done(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    await Promise.resolve(); // What else is said in this turn belongs to the first batch.
    try {
      while (this.waiting.length > 0) await this.handle(this.waiting.splice(0, BATCH_MAX));
    } catch (error) {
      this.onFault(error instanceof Error ? error : new Error(String(error)));
    }
    this.working = undefined;
  }
}
