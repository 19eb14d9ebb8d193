import type { Draft } from '../rules/rule.js';

export interface Weighed {
  draft: Draft;
  confidence: number;
  /** Fault type of the cause that this one is a symptom of. */
  explainedBy?: string;
}

/** A symptom keeps this share of its confidence: it is real, but removing it cures nothing. */
const SYMPTOM_SHARE = 0.4;

/** A cause must be this likely itself before it may explain others away. */
const EXPLAINER_MIN = 0.45;

/**
 * Marks drafts that a likelier, deeper cause explains. Chains hold: what explains an explainer explains its symptoms. Of two that
 * claim each other, the more confident one stands.
 */
export const explainAway = (weighed: readonly Weighed[]): Weighed[] => {
  const standing = weighed.filter(({ confidence, draft }) => confidence >= EXPLAINER_MIN && draft.relevance >= 0);
  return weighed.map((symptom) => {
    const cause = standing.find(
      (other) =>
        other !== symptom &&
        other.draft.explains.includes(symptom.draft.faultType) &&
        (!symptom.draft.explains.includes(other.draft.faultType) || other.confidence > symptom.confidence) &&
        // A weak cause does not explain away a much stronger finding.
        other.confidence >= symptom.confidence - 0.25,
    );
    return cause === undefined
      ? symptom
      : {
          ...symptom,
          confidence: Math.round(symptom.confidence * SYMPTOM_SHARE * 100) / 100,
          explainedBy: cause.draft.faultType,
        };
  });
};
