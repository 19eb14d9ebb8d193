import type { SignedHead } from './heads.js';

/**
 * - `row-tampered`: a row no longer fits its leaf, or stands in another place. `columns` and `certainty` say what was changed.
 * - `leaf-tampered`: a row does not fit its leaf, but agrees with its own hashes, and the entry does not give its own root.
 * - `rows-swapped`: two rows fit their leaves once they get `columns` back from each other.
 * - `row-missing`, `session-missing`: the ledger has leaves whose rows are gone; `session-missing` when none is left.
 * - `row-unrecorded`: a row that no ledger entry has a leaf for.
 * - `row-incoherent`: untouched since it was recorded, but its hashes never fitted: the writer was wrong.
 * - `entry-missing`, `entry-tampered`: a ledger entry is gone, or does not give its own root or follow the one before.
 * - `entry-moved`: a ledger entry gives its own root under another number.
 * - `entry-replayed`: a ledger entry names rows that another one recorded: an old one was put in again.
 * - `tail-cut`: the ledger ends before an anchor. `anchor-mismatch`: it has another root than the anchor's.
 * - `anchor-forged`: the anchor's signature does not fit the key given.
 * - `guard-missing`: a trigger that keeps the tables append-only is gone or switched off.
 */
export type FindingKind =
  | 'row-tampered'
  | 'leaf-tampered'
  | 'rows-swapped'
  | 'row-missing'
  | 'session-missing'
  | 'row-unrecorded'
  | 'row-incoherent'
  | 'entry-missing'
  | 'entry-tampered'
  | 'entry-moved'
  | 'entry-replayed'
  | 'tail-cut'
  | 'anchor-mismatch'
  | 'anchor-forged'
  | 'guard-missing';

export interface Finding {
  readonly kind: FindingKind;
  readonly sessionId?: string;
  /** `role:round:slot` of the row. */
  readonly position?: string;
  /** Number of the ledger entry. */
  readonly n?: number;
  readonly columns?: readonly string[];
  /**
   * How sure `columns` are. `proven`: with other values in exactly these the row fits its leaf again. `deduced`: it was these if it was
   * only one. `undecided`: it was one of these, or several.
   */
  readonly certainty?: 'proven' | 'deduced' | 'undecided';
  /** `session/role:round:slot` of the other row. */
  readonly other?: string;
  /** A sentence for people. */
  readonly text: string;
}

export interface VerifyOptions {
  /** Heads kept outside Postgres. */
  readonly anchor?: SignedHead | readonly SignedHead[] | undefined;
  /** Ed25519 public key, PEM; anchors must then be signed by it. */
  readonly publicKey?: string | undefined;
  /** Findings kept; counting goes on. Default 1 000. */
  readonly findingsMax?: number | undefined;
}

export interface Verification {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** All findings, also those beyond `findingsMax`. */
  readonly findingsTotal: number;
  /** What was not looked into because memory and time are bounded, as sentences; empty as a rule. */
  readonly limits: readonly string[];
  /** Rows that the ledger has leaves for. */
  readonly rows: number;
  readonly entries: number;
  readonly head: { readonly n: number; readonly root: string; readonly at: string } | null;
  /** Up to where an anchor proves the ledger; null without one. */
  readonly provenTo: { readonly n: number; readonly at: string } | null;
  /** Since when entries could have been cut off or rewritten unseen (RFC 3339); null when an anchor covers all. */
  readonly tailUnprovenSince: string | null;
}

/** Collects findings, and beyond its bound counts them. */
export class Findings {
  private readonly kept: Finding[] = [];
  private counted = 0;

  constructor(readonly max: number) {}

  add(finding: Finding): void {
    this.counted++;
    if (this.kept.length < this.max) this.kept.push(finding);
  }

  /** Findings that nobody needs to read one by one. */
  addUnnamed(count: number): void {
    this.counted += count;
  }

  all(): readonly Finding[] {
    return this.kept;
  }

  total(): number {
    return this.counted;
  }
}
