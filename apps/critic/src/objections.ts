import { judgePlan, type SafetyRules } from '@inquest/safety';
import {
  FORCED_QUESTIONS,
  type ActionPlan,
  type Challenge,
  type CriticReport,
  type DiagnosisReport,
  type EvidenceSnapshot,
  type ForcedAnswer,
  type ForcedQuestion,
  type Incident,
} from '@inquest/contracts';
import type { Findings } from '@inquest/rca';
import { alternatives } from './objections.alternative.js';
import { evidenceGaps } from './objections.evidence.js';
import { harms } from './objections.harm.js';
import type { Argument, Brief, Objection } from './objections.brief.js';

export interface Case {
  readonly diagnosis: DiagnosisReport;
  readonly plan: ActionPlan;
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
  /** What the Diagnostician's rules found, candidates that were not chosen included. */
  readonly findings?: Findings;
  /** What operators add to the built-in rules: the same as the Reviewer judges by, or the two would measure one action differently. */
  readonly rules?: SafetyRules;
}

const CHALLENGES_MAX = 20;
const ORDER: readonly Challenge['severity'][] = ['critical', 'major', 'minor'];

/**
 * Argues against diagnosis and plan from the evidence alone: the three forced questions answered, and challenges by stated
 * criteria. Critical: evidence directly contradicts the diagnosis on which a state-changing action rests, or the action would
 * destroy the only healthy copy or data. Major: a runner-up within 0.1, key evidence missing, an action that does not address
 * the fault, a claim of health that the evidence contradicts. Minor: all else. Pure and deterministic.
 */
export const criticise = (given: Case): CriticReport => {
  const { plan, diagnosis, snapshot, incident, findings, rules } = given;
  const brief: Brief = {
    diagnosis,
    plan,
    snapshot,
    incident,
    ...(findings ? { findings } : {}),
    chosen: chosenOf(given),
    verdict: judgePlan(plan, snapshot, incident, rules),
    changesState: plan.actions.some(({ command }) => command.trim() !== ''),
  };
  const [alternative, evidence, harm] = [alternatives(brief), evidenceGaps(brief), harms(brief)];
  const challenges = numbered([...alternative.objections, ...evidence.objections, ...harm.objections]);
  return {
    nothingToJudge: plan.actions.length === 0,
    answers: [answer('alternative', alternative), answer('evidence', evidence), answer('harm', harm)],
    challenges,
    summary: summaryOf(challenges),
  };
};

const chosenOf = ({ diagnosis, plan }: Case): Brief['chosen'] =>
  diagnosis.hypotheses.find(({ id }) => id === plan.hypothesisId) ?? diagnosis.hypotheses[0];

const answer = (question: ForcedQuestion, { answer: text, evidenceIds }: Argument): ForcedAnswer => ({
  question,
  answer: text.slice(0, 2_000),
  evidenceIds: [...new Set(evidenceIds)].slice(0, 50),
});

/** Severest first; within a severity in the order of the questions. The order gives the ids. */
const numbered = (objections: readonly Objection[]): Challenge[] =>
  ORDER.flatMap((severity) => objections.filter((objection) => objection.severity === severity))
    .slice(0, CHALLENGES_MAX)
    .map((objection, index) => ({
      id: `c${index + 1}`,
      ...objection,
      claim: objection.claim.slice(0, 1_000),
      argument: objection.argument.slice(0, 2_000),
      evidenceIds: [...new Set(objection.evidenceIds)].slice(0, 50),
      from: 'rules',
    }));

const summaryOf = (challenges: readonly Challenge[]): string => {
  if (challenges.length === 0)
    return `Asked "${FORCED_QUESTIONS.alternative}" and the other two questions; nothing speaks against it that is worth a challenge.`;
  const counts = ORDER.map(
    (severity) => [challenges.filter((challenge) => challenge.severity === severity).length, severity] as const,
  ).filter(([count]) => count > 0);
  return `${counts.map(([count, severity]) => `${count} ${severity}`).join(', ')}. First: ${challenges[0]?.argument ?? ''}`.slice(
    0,
    4_000,
  );
};
