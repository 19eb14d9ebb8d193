import { isTerminal } from '@inquest/contracts';
import type { Subscriber } from 'rxjs';
import type { Shown } from './shown.js';

/**
 * How long a missing number is waited for. Several recorders commit in any order, so 5 may be there before 4; a message
 * that could not be stored leaves its number empty for ever.
 */
const HOLE_MS = 10_000;
/** `session.failed` says itself that something could not be stored. */
const HOLE_AFTER_FAILURE_MS = 1_000;

/** One client of one session. Hands on every message once and in order, and holds back what would leave a gap. */
export class Listener {
  private waitingSinceMs: number | undefined;

  constructor(
    private lastSeq: number,
    private readonly subscriber: Pick<Subscriber<Shown>, 'next' | 'complete'>,
  ) {}

  /** Of the last message handed on. */
  get seq(): number {
    return this.lastSeq;
  }

  /**
   * All committed messages after some number at or before `seq`, in order. `ended` says that the session had ended when
   * they were read, so that nothing can follow them: a client may have seen the end, or have asked from beyond it.
   */
  offer(committed: readonly Shown[], nowMs: number, ended = false): void {
    const fresh = committed.filter(({ seq }) => seq > this.lastSeq);
    for (const [index, published] of fresh.entries()) {
      if (published.seq !== this.lastSeq + 1 && this.stillWorthWaiting(fresh.slice(index), nowMs)) return;
      this.waitingSinceMs = undefined;
      this.lastSeq = published.seq;
      this.subscriber.next(published);
      if (isTerminal(published.message.type)) return this.complete();
    }
    if (ended) this.complete();
  }

  complete(): void {
    this.subscriber.complete();
  }

  private stillWorthWaiting(beyond: readonly Shown[], nowMs: number): boolean {
    this.waitingSinceMs ??= nowMs;
    const patienceMs = beyond.some(({ message }) => message.type === 'session.failed') ? HOLE_AFTER_FAILURE_MS : HOLE_MS;
    return nowMs - this.waitingSinceMs < patienceMs;
  }
}
