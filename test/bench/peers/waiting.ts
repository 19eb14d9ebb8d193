/** Those who asked for a decision and have none yet. */
export class Waiting {
  private readonly callers = new Map<string, { resolve: () => void; reject: (fault: Error) => void }>();
  private fault: Error | undefined;

  /** Begins a debate and resolves when its decision is handed out. */
  async until(session: string, begin: () => void | Promise<void>): Promise<void> {
    if (this.fault) throw this.fault;
    return new Promise((resolve, reject) => {
      this.callers.set(session, { resolve, reject });
      Promise.resolve(begin()).catch(this.fail);
    });
  }

  readonly handOut = (session: string): void => {
    this.callers.get(session)?.resolve();
    this.callers.delete(session);
  };

  /** Something broke that all of them depend on: nobody waits any longer, now or later. */
  readonly fail = (fault: unknown): void => {
    this.fault ??= fault instanceof Error ? fault : new Error(String(fault));
    for (const { reject } of this.callers.values()) reject(this.fault);
    this.callers.clear();
  };
}
