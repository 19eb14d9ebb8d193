import { ROWS_PER_DEBATE } from '../contender.js';

/** Holds each decision back until all rows of its debate are committed. */
export class Gate {
  private readonly debates = new Map<string, { rows: number; decision: string | undefined }>();

  constructor(private readonly release: (session: string, decision: string) => void) {}

  /** One more row of this debate is committed. */
  committed(session: string): void {
    const debate = this.of(session);
    debate.rows += 1;
    this.open(session, debate);
  }

  decided(session: string, decision: string): void {
    const debate = this.of(session);
    debate.decision = decision;
    this.open(session, debate);
  }

  private of(session: string) {
    let debate = this.debates.get(session);
    if (!debate) this.debates.set(session, (debate = { rows: 0, decision: undefined }));
    return debate;
  }

  private open(session: string, { rows, decision }: { rows: number; decision: string | undefined }): void {
    if (rows < ROWS_PER_DEBATE || decision === undefined) return;
    this.debates.delete(session);
    this.release(session, decision);
  }
}
