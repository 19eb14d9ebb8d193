import type { SignedHead } from './heads.js';

/**
 * - `row-tampered`: a row no longer fits its leaf. `columns` names those that the row's own hashes convict.
 * - `rows-swapped`: two rows fit their leaves once they get `columns` back from each other.
 * - `row-missing`, `session-missing`: the ledger has leaves whose rows are gone; `session-missing` when none is left.
 * - `row-unrecorded`: a row that no ledger entry has a leaf for.
 * - `row-incoherent`: untouched since it was recorded, but its hashes never fitted: the writer was wrong.
 * - `entry-missing`, `entry-tampered`: a ledger entry is gone, or does not give its own root or follow the one before.
 * - `tail-cut`: the ledger ends before an anchor. `anchor-mismatch`: it has another root than the anchor's.
 * - `anchor-forged`: the anchor's signature does not fit the key given.
 * - `guard-missing`: a trigger that keeps the tables append-only is gone or switched off.
 */
export type FindingKind =
  | 'row-tampered'
  | 'rows-swapped'
  | 'row-missing'
  | 'session-missing'
  | 'row-unrecorded'
  | 'row-incoherent'
  | 'entry-missing'
  | 'entry-tampered'
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

  all(): readonly Finding[] {
    return this.kept;
  }

  total(): number {
    return this.counted;
  }
}
