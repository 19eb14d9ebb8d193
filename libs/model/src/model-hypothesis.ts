import { EvidenceIds, Hypothesis } from '@inquest/contracts';

/** A hypothesis as a model states it: its rank, and so its id, is ours to give; what refutes it may not be left out. */
export const ModelHypothesis = Hypothesis.omit({ id: true }).extend({ refutedBy: EvidenceIds });
