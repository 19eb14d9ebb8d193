import type { InboxEntry } from '../entries.js';

/** Entries that were read and wait for others, so that one call handles them all. */
export class Gathering {
  private entries: InboxEntry[] = [];
  private beganAtMs = 0;
  private holdMs = 0;

  constructor(private readonly holdMsOf: (entries: readonly InboxEntry[]) => number = () => 0) {}

  add(more: readonly InboxEntry[]): void {
    if (more.length === 0) return;
    if (this.entries.length === 0) this.beganAtMs = performance.now();
    this.entries.push(...more);
    this.holdMs = this.holdMsOf(this.entries);
  }

  /** How long they still wait; 0 when they need not, or when there are none. */
  leftMs(): number {
    return this.entries.length === 0 ? 0 : Math.max(0, this.beganAtMs + this.holdMs - performance.now());
  }

  takeAll(): InboxEntry[] {
    const all = this.entries;
    this.entries = [];
    return all;
  }
}
