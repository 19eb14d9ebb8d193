import { candidatesFor, choicesOf, citedHashes, EXHAUSTED, type Candidate, type Neighbours } from './candidates.js';
import { examine, type CheckedRow } from './contradictions.js';
import { encode } from './encode.js';
import type { LeafColumn } from './leaf.js';
import type { Misfit } from './misfits.js';
import { searchesFor } from './searches.js';
import { suspectsOf, USAGE } from './suspects.js';

/**
 * - `proven`: with `was` put back the row fits its leaf, so exactly these columns were changed, from these values.
 * - `deduced`: if only one column was changed it is this; all others would show otherwise, or were tried.
 * - `cited`: the event hash was changed, as the messages that rest on it name another; and so was something that it is taken of.
 * - `undecided`: it is one of `columns`, or several; the row cannot tell which.
 */
export interface Verdict {
  readonly certainty: 'proven' | 'deduced' | 'cited' | 'undecided';
  readonly columns: readonly LeafColumn[];
  /** Values as recorded, in binary form. */
  readonly was: ReadonlyMap<LeafColumn, Buffer | null>;
}

/** Pairs of candidates cost their square. */
const PAIRED_MAX = 160;

/** Finds out which columns of a changed row were changed, by putting back what they may have held until the row fits its leaf. */
export class Inquiry {
  /** True once a search was left out because all searches together had become too long. */
  exhausted = false;

  /** @param tries left for searches, over all rows; one takes about two microseconds. */
  constructor(private tries: number) {}

  judge(misfit: Misfit, neighbours: Neighbours): Verdict {
    const row = misfit.image.row();
    const examination = examine(row);
    const candidates = candidatesFor(misfit, row, examination, neighbours);
    const single = candidates.find((candidate) => fits(misfit, [candidate]));
    if (single) return proven([single]);

    const suspects = suspectsOf(row, examination.broken);
    const found = this.search(misfit, suspects);
    if (found) return proven([found]);
    const pair = this.findPair(misfit, candidates);
    if (pair) return proven(pair);

    const stored = row.event_hash ?? '';
    if (citedHashes(neighbours.siblings, row).some((hash) => hash !== stored))
      return { certainty: 'cited', columns: ['event_hash'], was: new Map() };
    const left = suspects.filter((column) => !EXHAUSTED.has(column) && !isCleared(column, misfit, row, neighbours));
    return { certainty: left.length === 1 ? 'deduced' : 'undecided', columns: left, was: new Map() };
  }

  private search(misfit: Misfit, suspects: readonly LeafColumn[]): Candidate | undefined {
    for (const { column, values } of searchesFor(misfit, misfit.image.row())) {
      if (!suspects.includes(column)) continue;
      const fitsWith = misfit.image.trial(misfit.leaf, column);
      for (const value of values) {
        if (!this.mayTry()) return undefined;
        if (fitsWith(value)) return { column, value };
      }
    }
    return undefined;
  }

  private findPair(misfit: Misfit, candidates: readonly Candidate[]): readonly Candidate[] | undefined {
    const paired = candidates.filter(({ column, value }) => !same(misfit.image.value(column), value)).slice(0, PAIRED_MAX);
    for (const [index, one] of paired.entries()) {
      for (const other of paired.slice(index + 1)) {
        if (one.column === other.column) continue;
        if (!this.mayTry()) return undefined;
        if (fits(misfit, [one, other])) return [one, other];
      }
    }
    return undefined;
  }

  private mayTry(): boolean {
    this.exhausted ||= this.tries <= 0;
    return this.tries-- > 0;
  }
}

const fits = ({ image, leaf }: Misfit, candidates: readonly Candidate[]): boolean =>
  image.fits(leaf, new Map(candidates.map(({ column, value }) => [column, value])));

/** Whether something outside the row vouches for the column. */
const isCleared = (column: LeafColumn, { image }: Misfit, row: CheckedRow, { siblings }: Neighbours): boolean => {
  // NULL, which is what a message without a model holds for its usage, was among the candidates.
  if (USAGE.includes(column)) return row.model === null;
  const value = image.value(column);
  if (column === 'incident_id') return siblings.some((sibling) => same(sibling.value('incident_id'), value));
  if (column === 'causes') return choicesOf(siblings).some((choice) => same(encode.causes(choice), value));
  return false;
};

const proven = (candidates: readonly Candidate[]): Verdict => ({
  certainty: 'proven',
  columns: candidates.map(({ column }) => column),
  was: new Map(candidates.map(({ column, value }) => [column, value])),
});

const same = (left: Buffer | null, right: Buffer | null): boolean => (left && right ? left.equals(right) : left === right);
