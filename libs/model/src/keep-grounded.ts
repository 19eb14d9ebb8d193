interface Claim {
  readonly evidenceIds: readonly string[];
  readonly refutedBy?: readonly string[];
}

/** The fields in which the roles' reports state claims. */
export interface Claims {
  readonly hypotheses?: readonly Claim[];
  readonly challenges?: readonly Claim[];
  readonly answers?: readonly Claim[];
}

/**
 * The report without what rests on nothing: evidence ids that do not exist are removed, and a claim (hypothesis, challenge,
 * answer) that is left without any is dropped. Order and everything else stay. Pure.
 */
export const keepGrounded = <R extends Claims>(report: R, evidenceIds: Iterable<string>): R => {
  const existing = new Set(evidenceIds);
  const grounded = <C extends Claim>(claims: readonly C[]): C[] =>
    claims.map((claim) => citing(claim, existing)).filter((claim) => claim.evidenceIds.length > 0);
  return {
    ...report,
    ...(report.hypotheses && { hypotheses: grounded(report.hypotheses) }),
    ...(report.challenges && { challenges: grounded(report.challenges) }),
    ...(report.answers && { answers: grounded(report.answers) }),
  };
};

const citing = <C extends Claim>(claim: C, existing: ReadonlySet<string>): C => {
  const kept = (ids: readonly string[]): string[] => [...new Set(ids)].filter((id) => existing.has(id));
  return { ...claim, evidenceIds: kept(claim.evidenceIds), ...(claim.refutedBy && { refutedBy: kept(claim.refutedBy) }) };
};
