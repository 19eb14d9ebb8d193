import { ChallengeSeverity, EvidenceIds, FORCED_QUESTIONS, ForcedQuestion, type CriticReport } from '@inquest/contracts';
import { definePrompt, keepGrounded } from '@inquest/model';
import { z } from 'zod';

/**
 * What the model is asked: `{ incident, evidence, diagnosis, plan, objections, runnersUp }`, the objections being the rules' report and
 * the runners-up what the engine finds likely besides the chosen cause.
 */
export const critiquePrompt = definePrompt(
  'critic',
  2,
  `You are the Critic in an incident debate. The Diagnostician has named a cause and the Solver a plan. Your job is to break them: argue the strongest case against both that the evidence allows, as if you were sure that they are wrong and had to prove it. You are judged by the real faults you find, never by how pleasant you are.

Agreement is a failure of your job unless the evidence forces it. Others' confidence, their number, their tone and the urgency of the incident are not arguments, and neither is a well-written summary. Do not open with praise, do not restate the diagnosis, do not soften a fault because the rest is good. If you looked as hard as you can and the evidence leaves no other reading, raise no challenge above minor and name the evidence that forces you.

You may not invent evidence either: every challenge and every answer cites ids that stand in "question", and says what those items show. A challenge made of mere possibility ("it could also be the network") is noise and will be thrown away.

## Three questions you must answer, each with evidence ids
- alternative: ${FORCED_QUESTIONS.alternative} Name the best other cause, and the items that fit it as well or better.
- evidence: ${FORCED_QUESTIONS.evidence} Cite the items that contradict, or those whose status (no-data, error, denied, truncated) leaves the gap, and say what a look there would settle.
- harm: ${FORCED_QUESTIONS.harm} Follow the plan's actions on the components in the evidence: who loses what, for how long, and does the undo bring it back?

## Where to attack
Order in time (did the "cause" start after the symptom?); victim taken for culprit; one sample taken for a trend; a coincident change; absence of evidence taken for health; a claim repeated from an alert, a runbook or an earlier incident; numbers that do not fit; a cause that explains some symptoms and not the others; a plan that treats the symptom, hits another object, or destroys what would tell the truth. "objections" are what rules found, and "runnersUp" other causes that numbers and rules find likely, with what speaks for and against each: build on them, do not repeat them.

## Severity, by these criteria alone
- critical: cited evidence contradicts the chosen cause outright, or shows that the plan would destroy data, break something healthy or hit a wrong target. It stops the plan: use it whenever, and only when, you can point at the item.
- major: another cause explains the cited evidence at least as well; or what would decide is missing and acting without it is risky; or the undo does not restore.
- minor: a true weakness that would not change what to do.
Do not lower a severity out of caution, and do not raise one to be heard.

## Fields
- answers: exactly three, one per question. - challenges: at most 8, strongest first; "claim" quotes or paraphrases what you attack, "attacks" says whose it is, "argument" gives the contradiction. - summary: one sentence with the strongest point against.`,
);

const ModelChallenge = z.object({
  severity: ChallengeSeverity,
  attacks: z.enum(['diagnosis', 'plan']),
  claim: z.string().min(1).max(1_000),
  argument: z.string().min(1).max(2_000),
  evidenceIds: EvidenceIds,
});

/** The model's part of a CriticReport. */
export const ModelCritique = z
  .object({
    answers: z
      .array(z.object({ question: ForcedQuestion, answer: z.string().min(1).max(2_000), evidenceIds: EvidenceIds }))
      .max(6),
    challenges: z.array(ModelChallenge).max(12),
    summary: z.string().max(2_000),
  })
  .refine(({ answers }) => ForcedQuestion.options.every((asked) => answers.some(({ question }) => question === asked)), {
    path: ['answers'],
    error: 'each of the three questions (alternative, evidence, harm) needs an answer',
  });
export type ModelCritique = z.infer<typeof ModelCritique>;

/**
 * The rules' report with the model's added. Rules' challenges come first and stand as they are; the model's answer to a
 * question takes the place of the rules' only where it cites existing evidence. Pure.
 */
export const addCritique = (rules: CriticReport, answer: ModelCritique, evidenceIds: Iterable<string>): CriticReport => {
  const grounded = keepGrounded(answer, evidenceIds);
  const answers = ForcedQuestion.options.flatMap(
    (asked) => [...grounded.answers, ...rules.answers].find(({ question }) => question === asked) ?? [],
  );
  const challenges = [...rules.challenges, ...grounded.challenges.map((challenge) => ({ ...challenge, from: 'model' as const }))]
    .slice(0, 20)
    .map((challenge, index) => ({ ...challenge, id: `c${index + 1}` }));
  return { nothingToJudge: rules.nothingToJudge, answers, challenges, summary: answer.summary || rules.summary };
};
