import type {
  Action,
  ActionPlan,
  Ballot,
  CriticReport,
  DiagnosisReport,
  Hypothesis,
  Outcome,
  Reason,
  ReviewVerdict,
  SessionPath,
} from '@inquest/contracts';
import { isWeak } from './ballots.js';
import { isReversible } from './reversible.js';

/** Changes whenever a gate would decide any session differently; stored with each decision. */
export const GATES_VERSION = 'gates/1';

/** What the gates look at; undefined for a role that was never heard. */
export interface Hearing {
  readonly diagnosis?: DiagnosisReport;
  readonly plan?: ActionPlan;
  readonly verdict?: ReviewVerdict;
  readonly critique?: CriticReport;
  readonly ballots: readonly Ballot[];
  readonly autoExecuteEnabled: boolean;
  /** The rollback path never executes, and hears no Critic. */
  readonly path: SessionPath;
}

export interface Ruling {
  readonly outcome: Outcome;
  readonly gate: number;
  readonly reasons: Reason[];
}

export const APPROVAL_CONFIDENCE = 0.8;
export const AUTO_RADIUS_MAX = 20;
export const REVISION_RADIUS = 50;
export const REJECT_RADIUS = 80;

/** The six gates; the first that has a reason decides. Pure and total: every hearing gets exactly one ruling. */
export const rule = (hearing: Hearing): Ruling =>
  rejected(hearing) ??
  healthy(hearing) ??
  escalated(hearing) ??
  needsRevision(hearing) ??
  weakened(hearing) ??
  unproven(hearing) ??
  executable(hearing);

const ruling = (outcome: Outcome, gate: number, reasons: readonly (Reason | false)[]): Ruling | undefined => {
  const given = reasons.filter((reason) => reason !== false);
  return given.length > 0 ? { outcome, gate, reasons: given } : undefined;
};

const because = (condition: boolean, code: string, text: string): Reason | false => condition && { code, text };

/** The plan's radius: the larger of what Solver and Reviewer say. */
export const planRadius = ({ plan, verdict }: Pick<Hearing, 'plan' | 'verdict'>): number =>
  Math.max(plan?.blastRadius ?? 0, verdict?.blastRadius ?? 0);

/** The hypothesis that the plan is for, else the first. */
export const chosenHypothesis = ({ diagnosis, plan }: Pick<Hearing, 'diagnosis' | 'plan'>): Hypothesis | undefined =>
  diagnosis?.hypotheses.find(({ id }) => id === plan?.hypothesisId) ?? diagnosis?.hypotheses[0];

const actionsOf = ({ plan }: Hearing): readonly Action[] => plan?.actions ?? [];

const hasActions = (hearing: Hearing): boolean => actionsOf(hearing).length > 0;

const challenged = ({ critique }: Hearing, ...severities: string[]): boolean =>
  critique?.challenges.some(({ severity }) => severities.includes(severity)) ?? false;

const rejected = (hearing: Hearing): Ruling | undefined =>
  ruling('reject', 1, [
    because(hearing.verdict?.judgement === 'REJECT', 'reviewer-rejects', 'The Reviewer rejects the plan.'),
    because(
      hasActions(hearing) && planRadius(hearing) > REJECT_RADIUS,
      'radius-over-80',
      `The plan's blast radius of ${planRadius(hearing)} is over ${REJECT_RADIUS}.`,
    ),
    because(challenged(hearing, 'critical'), 'critical-challenge', 'The Critic raises a critical challenge.'),
  ]);

const healthy = (hearing: Hearing): Ruling | undefined => {
  const { diagnosis, ballots, path } = hearing;
  const certain =
    diagnosis?.healthy === true &&
    !diagnosis.abstained &&
    diagnosis.confidence >= APPROVAL_CONFIDENCE &&
    // Whoever was not heard might have objected, and degradation must only make an answer stricter.
    !ballots.some((ballot) => isWeak(ballot) && !(path === 'single' && ballot.voter === 'critic')) &&
    !hasActions(hearing) &&
    !challenged(hearing, 'major');
  return ruling('no-action', 2, [
    because(certain, 'healthy', 'Nothing is wrong, and nothing above a minor challenge says otherwise.'),
  ]);
};

const escalated = (hearing: Hearing): Ruling | undefined => {
  const { diagnosis, verdict, path, ballots } = hearing;
  if (path === 'escalate')
    return ruling('escalate', 2, [
      because(true, 'phase-1-off', 'Phase 1 is off: incidents are recorded and go to people at once.'),
    ]);
  return ruling('escalate', 2, [
    because(
      diagnosis === undefined ||
        diagnosis.abstained ||
        ballots.some(({ voter, vote }) => voter === 'diagnostician' && vote === 'ABSTAIN'),
      'diagnosis-abstained',
      'The Diagnostician could not tell the cause.',
    ),
    because(!hasActions(hearing), 'nothing-proposed', 'No action was proposed.'),
    because(
      // Whoever found nothing to judge has looked at another plan than this one.
      verdict?.rulesJudged !== true || (hasActions(hearing) && verdict.judgement === 'NOTHING_TO_JUDGE'),
      'rules-never-judged',
      'The hard rules never judged the plan, so it is offered to nobody.',
    ),
  ]);
};

const needsRevision = (hearing: Hearing): Ruling | undefined =>
  ruling('human-approval', 3, [
    because(hearing.verdict?.judgement === 'REQUEST_REVISION', 'revision-requested', 'The Reviewer requests a revision.'),
    because(
      planRadius(hearing) > REVISION_RADIUS,
      'radius-over-50',
      `The plan's blast radius of ${planRadius(hearing)} is over ${REVISION_RADIUS}.`,
    ),
  ]);

const weakened = ({ ballots }: Hearing): Ruling | undefined => {
  const weak = ballots.filter(isWeak);
  return ruling('human-approval', 4, [
    because(weak.length === ballots.length, 'all-degraded', 'All four roles were degraded, abstained or were answered for.'),
    ...weak.map(({ voter }) => because(true, `${voter}-degraded`, `The ${voter} was degraded, abstained or was answered for.`)),
  ]);
};

const unproven = (hearing: Hearing): Ruling | undefined => {
  const { ballots } = hearing;
  const confidence = chosenHypothesis(hearing)?.confidence ?? 0;
  const radius = planRadius(hearing);
  const irreversible = actionsOf(hearing)
    .filter((action) => !isReversible(action))
    .map(({ id }) => id);
  const fromRules = ballots.filter(({ voter, mind }) => voter !== 'reviewer' && mind !== 'model').map(({ voter }) => voter);
  return ruling('human-approval', 5, [
    because(confidence < APPROVAL_CONFIDENCE, 'low-confidence', `The hypothesis has a confidence of ${confidence}.`),
    because(radius > AUTO_RADIUS_MAX, 'radius-over-20', `The plan's blast radius of ${radius} is over ${AUTO_RADIUS_MAX}.`),
    because(
      irreversible.length > 0,
      'not-reversible',
      `Not on the reversible list, or without undo: ${irreversible.join(', ')}.`,
    ),
    because(challenged(hearing, 'major'), 'major-challenge', 'A major challenge stands.'),
    because(fromRules.length > 0, 'rules-alone', `From rules alone: ${fromRules.join(', ')}.`),
  ]);
};

const executable = ({ autoExecuteEnabled, path }: Hearing): Ruling =>
  autoExecuteEnabled && path === 'debate'
    ? {
        outcome: 'auto-execute',
        gate: 6,
        reasons: [{ code: 'all-gates-passed', text: 'Every gate was passed and the operator lets such plans run.' }],
      }
    : {
        outcome: 'human-approval',
        gate: 6,
        reasons: [{ code: 'auto-execute-off', text: 'Every gate was passed, but automatic execution is switched off.' }],
      };
