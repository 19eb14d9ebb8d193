import type { RadiusTerm } from '@inquest/contracts';

export interface Radius {
  /** 0 – 100: the sum of the terms, clipped. */
  readonly points: number;
  readonly terms: RadiusTerm[];
}

/** The contract's bound; what goes over it is added up in one last term. */
const TERMS_MAX = 30;

/** Adds terms up, within 0 – 100. */
export const sumOf = (terms: readonly RadiusTerm[]): Radius => ({ points: clipped(total(terms)), terms: bounded(terms) });

const total = (terms: readonly RadiusTerm[]): number => terms.reduce((sum, { points }) => sum + points, 0);
const clipped = (sum: number): number => Math.min(100, Math.max(0, sum));

const bounded = (terms: readonly RadiusTerm[]): RadiusTerm[] => {
  if (terms.length <= TERMS_MAX) return [...terms];
  const rest = terms.slice(TERMS_MAX - 1);
  return [...terms.slice(0, TERMS_MAX - 1), term('others', clipped(total(rest)), `${rest.length} more terms`)];
};

export const term = (name: string, points: number, why: string): RadiusTerm => ({ term: name, points, why: why.slice(0, 500) });
