/** What has to be undone, last first. Every step is tried, whatever became of those before. */
export class Cleanup {
  private readonly steps: (() => Promise<unknown>)[] = [];

  /** Remembers how to undo what was just done. */
  later(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /** @throws {AggregateError} after all have been tried, when some failed. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) {
      await step().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, `cleaning up failed: ${errors.map(String).join('; ')}`);
  }
}
