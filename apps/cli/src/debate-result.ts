import type { Action, Category, DecisionPackage, Judgement, Outcome, Published } from '@inquest/contracts';
import { fold, type Session } from '@inquest/debate';

/** What `inquest debate --json` prints of one file: its session in one line. */
export interface DebateResult {
  readonly file: string;
  readonly sessionId: string;
  /** Null when the session failed: its own data could not be read or stored. */
  readonly outcome: Outcome | null;
  readonly gate: number | null;
  readonly diagnosis: {
    readonly healthy: boolean;
    readonly abstained: boolean;
    readonly category: Category | null;
    readonly faultType: string | null;
    readonly component: string | null;
    readonly cause: string | null;
    readonly confidence: number;
  };
  /** What is offered; for a rejected plan, what was proposed. Nobody is shown a plan that was never judged. */
  readonly actions: readonly { readonly command: string; readonly blastRadius: number; readonly verdict: Judgement | null }[];
  /** How many challenges the Critic raised. */
  readonly challenges: number;
  /** How many messages are on record. */
  readonly events: number;
  /** From handing the file in to the committed decision. */
  readonly ms: number;
}

/** A file that was not debated, and why. */
export interface DebateFault {
  readonly file: string;
  readonly error: string;
}

/** A session's committed messages as one line of output. */
export const debateResult = (file: string, sessionId: string, messages: readonly Published[], ms: number): DebateResult => {
  const session = fold(messages);
  const decision = session?.decision?.message.data;
  return {
    file,
    sessionId,
    outcome: decision?.outcome ?? null,
    gate: decision?.gate ?? null,
    diagnosis: diagnosisOf(session, decision),
    actions: actionsOf(session, decision),
    challenges: session?.critique?.message.data.challenges.length ?? 0,
    events: messages.length,
    ms: Math.round(ms),
  };
};

const diagnosisOf = (session: Session | undefined, decision: DecisionPackage | undefined): DebateResult['diagnosis'] => {
  const report = session?.diagnosis?.message.data;
  // On the rollback path nobody reports a diagnosis; the one answer holds it.
  const healthy = report?.healthy ?? decision?.healthy ?? false;
  const hypothesis = healthy ? undefined : (decision?.hypothesis ?? report?.hypotheses[0]);
  return {
    healthy,
    abstained: report?.abstained ?? (!healthy && hypothesis === undefined),
    category: healthy ? 'healthy' : (hypothesis?.category ?? null),
    faultType: hypothesis?.faultType ?? null,
    component: hypothesis?.component ?? null,
    cause: hypothesis?.cause ?? null,
    confidence: hypothesis?.confidence ?? report?.confidence ?? decision?.confidence ?? 0,
  };
};

const actionsOf = (session: Session | undefined, decision: DecisionPackage | undefined): DebateResult['actions'] => {
  const proposed: readonly Action[] =
    decision?.outcome === 'reject' ? (session?.plan?.message.data.actions ?? []) : (decision?.actions ?? []);
  const verdicts = session?.verdict?.message.data.actions ?? [];
  return proposed.map(({ id, command, blastRadius }) => {
    const verdict = verdicts.find(({ actionId }) => actionId === id);
    return { command, blastRadius: Math.max(blastRadius, verdict?.blastRadius ?? 0), verdict: verdict?.judgement ?? null };
  });
};
