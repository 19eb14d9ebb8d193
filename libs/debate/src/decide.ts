import type { DecisionPackage, Dissent } from '@inquest/contracts';
import { ballots, isWeak } from './ballots.js';
import { chosenHypothesis, GATES_VERSION, planRadius, rule, type Hearing, type Ruling } from './gates.js';
import type { Session } from './session.js';

/** The Coordinator's answer to a session, complete or not: the gates over what was heard. Pure; no clock, no ids. */
export const decide = (session: Session): DecisionPackage => conclude(hearingOf(session));

const hearingOf = (session: Session): Hearing => ({
  diagnosis: session.diagnosis?.message.data,
  plan: session.plan?.message.data,
  verdict: session.verdict?.message.data,
  critique: session.critique?.message.data,
  ballots: ballots(session),
  autoExecuteEnabled: session.opened.message.data.autoExecuteEnabled,
  path: session.opened.message.data.path,
});

/** A hearing's decision; the rollback path brings a hearing of its own. */
export const conclude = (hearing: Hearing): DecisionPackage => {
  const ruling = rule(hearing);
  const offered = ruling.outcome === 'human-approval' || ruling.outcome === 'auto-execute';
  const hypothesis = hearing.diagnosis?.healthy ? undefined : chosenHypothesis(hearing);
  return {
    outcome: ruling.outcome,
    gate: ruling.gate,
    gatesVersion: GATES_VERSION,
    reasons: ruling.reasons,
    healthy: ruling.outcome === 'no-action',
    hypothesis: hypothesis ?? null,
    confidence: hypothesis?.confidence ?? hearing.diagnosis?.confidence ?? 0,
    actions: offered ? (hearing.plan?.actions ?? []) : [],
    planRadius: planRadius(hearing),
    votes: [...hearing.ballots],
    dissent: dissent(hearing, ruling),
    requiresHumanApproval: ruling.outcome !== 'no-action' && ruling.outcome !== 'auto-execute',
    degraded: hearing.ballots.some((ballot) => ballot.degraded || ballot.answeredFor),
    allDegraded: hearing.ballots.every(isWeak),
    summary: summarise(hearing, ruling),
  };
};

/** Every challenge and every stricter vote that the outcome did not follow. */
const dissent = ({ critique, verdict, ballots }: Hearing, { outcome }: Ruling): Dissent[] => {
  const challenges = outcome === 'reject' ? [] : (critique?.challenges ?? []);
  const overruled = outcome === 'reject' && verdict?.judgement === 'APPROVE';
  const supporters = outcome === 'reject' ? ballots.filter(({ voter, vote }) => voter !== 'reviewer' && vote === 'APPROVE') : [];
  return [
    ...challenges.map(({ severity, argument, evidenceIds }): Dissent => ({
      voter: 'critic',
      text: `${severity}: ${argument}`.slice(0, 2_000),
      evidenceIds,
    })),
    ...(overruled ? [{ voter: 'reviewer' as const, text: 'Approved the plan that was rejected.', evidenceIds: [] }] : []),
    ...supporters.map(({ voter }): Dissent => ({ voter, text: 'Voted for what was rejected.', evidenceIds: [] })),
  ];
};

const summarise = (hearing: Hearing, { outcome, gate, reasons }: Ruling): string => {
  const cause = hearing.diagnosis?.healthy ? undefined : chosenHypothesis(hearing)?.cause;
  return `Gate ${gate}: ${outcome}. ${reasons.map(({ text }) => text).join(' ')}${cause ? ` Cause: ${cause}` : ''}`.slice(
    0,
    4_000,
  );
};
