import type { Findings } from './findings.js';
import { verifyHead, type SignedHead } from './heads.js';

interface Mismatch {
  readonly anchor: SignedHead;
  readonly root: string;
  readonly at: string;
  /** The last entry before that an anchor vouches for. */
  readonly provenTo: { readonly n: number; readonly at: string } | null;
}

/** Holds the ledger against heads that were kept outside Postgres. */
export class Anchors {
  private readonly byNumber = new Map<number, SignedHead>();
  private proven: { n: number; at: string } | null = null;
  private mismatch: Mismatch | undefined;

  constructor(
    anchors: readonly SignedHead[],
    publicKey: string | undefined,
    private readonly findings: Findings,
  ) {
    for (const anchor of anchors) {
      if (publicKey !== undefined && !verifyHead(anchor, publicKey))
        findings.add({
          kind: 'anchor-forged',
          n: anchor.n,
          text: `The anchor for entry ${anchor.n} is not signed by the key given; it proves nothing.`,
        });
      else this.byNumber.set(anchor.n, anchor);
    }
  }

  compare(n: number, root: string, at: string): void {
    const anchor = this.byNumber.get(n);
    if (!anchor) return;
    this.byNumber.delete(n);
    if (anchor.root === root) this.proven = { n, at };
    else this.mismatch ??= { anchor, root, at, provenTo: this.proven };
  }

  /** To be called after the last entry: anchors that found none show that the tail is gone. */
  finish(last: number): void {
    this.reportMismatch();
    const beyond = [...this.byNumber.values()].filter(({ n }) => n > last);
    if (beyond.length === 0) return;
    const furthest = beyond.reduce((left, right) => (right.n > left.n ? right : left));
    this.findings.add({
      kind: 'tail-cut',
      n: furthest.n,
      text: `The ledger ends at entry ${last}, but an anchor knows entry ${furthest.n} of ${furthest.at}: ${furthest.n - last} entries and their rows were cut off.`,
    });
  }

  /** The first tells all: a root commits to everything before it, so every later one differs too. */
  private reportMismatch(): void {
    if (!this.mismatch) return;
    const { anchor, root, at, provenTo } = this.mismatch;
    const where = provenTo ? `after entry ${provenTo.n} of ${provenTo.at}, which an anchor proves, and` : 'somewhere';
    this.findings.add({
      kind: 'anchor-mismatch',
      n: anchor.n,
      text: `Entry ${anchor.n} has root ${root}, but the anchor says ${anchor.root}: the ledger was rewritten ${where} at or before ${at}.`,
    });
  }

  /** The furthest entry that an anchor proves, and with it all before. */
  provenTo(): { n: number; at: string } | null {
    return this.proven;
  }
}
