import { z } from 'zod';
import { EvidenceIds, prose, shortText } from './bounds.js';
import { message } from './envelope.js';

/** The three questions that the Critic may not leave out. */
export const FORCED_QUESTIONS = {
  alternative: 'What else explains this evidence?',
  evidence: 'What evidence is missing or contradicts?',
  harm: 'What does this action break if the diagnosis is wrong?',
} as const;
export const ForcedQuestion = z.enum(['alternative', 'evidence', 'harm']);
export type ForcedQuestion = z.infer<typeof ForcedQuestion>;

export const ChallengeSeverity = z.enum(['minor', 'major', 'critical']);
export type ChallengeSeverity = z.infer<typeof ChallengeSeverity>;

/** An argument against a claim of the diagnosis or of the plan. */
export const Challenge = z.object({
  id: z.string().regex(/^c\d{1,2}$/),
  severity: ChallengeSeverity,
  attacks: z.enum(['diagnosis', 'plan']),
  /** The claim attacked, quoted or paraphrased. */
  claim: shortText(1_000),
  argument: shortText(2_000),
  evidenceIds: EvidenceIds,
  /** A critical challenge from rules stands whatever becomes of the model. */
  from: z.enum(['rules', 'model']),
});
export type Challenge = z.infer<typeof Challenge>;

export const ForcedAnswer = z.object({ question: ForcedQuestion, answer: prose(2_000), evidenceIds: EvidenceIds });
export type ForcedAnswer = z.infer<typeof ForcedAnswer>;

/** The Critic argues against diagnosis and plan as strongly as the evidence allows. */
export const CriticReport = z.object({
  /** True on an empty plan: neither approval nor abstention. */
  nothingToJudge: z.boolean(),
  /** One answer per forced question, unless the role was degraded. */
  answers: z.array(ForcedAnswer).max(3),
  challenges: z.array(Challenge).max(20),
  summary: prose(),
});
export type CriticReport = z.infer<typeof CriticReport>;

export const CritiqueRaised = message('critique.raised', CriticReport);
export type CritiqueRaised = z.infer<typeof CritiqueRaised>;
