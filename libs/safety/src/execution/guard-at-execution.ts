import { Action, DecisionPackage, sha256Json, type EvidenceSnapshot, type Incident, type Reason } from '@inquest/contracts';
import { isShell } from '../commands/carriers.js';
import { readCommand } from '../commands/read-command.js';
import { baseName, isWrapper } from '../commands/wrappers.js';
import { entitiesOf, type Entities } from '../entities.js';
import { judgeAction } from '../judge-plan.js';
import { commandLine } from '../names.js';
import { BUILT_IN_RULES, type SafetyRules } from '../operator-rules/safety-rules.js';
import { renderAgain } from './render-again.js';

/** What an executor has in hand just before it starts a program. */
export interface Execution {
  /** The data of `decision.made` as it is on record, unknown members included. */
  readonly decision: unknown;
  /** `output_hash` of the committed row. */
  readonly decisionHash: string;
  /** Hash of the decision that a person approved; undefined when nobody was asked. */
  readonly approvedHash?: string;
  /** The one action of the decision that is to run now. */
  readonly action: unknown;
  /** What would be started, word by word; never handed to a shell. */
  readonly argv: unknown;
  /** The evidence as it is now, or as the decision had it. */
  readonly snapshot: EvidenceSnapshot;
  readonly incident: Incident;
  readonly rules?: SafetyRules;
  /** Whether an operator has stopped all execution; read from the record just now. */
  readonly stopped: boolean;
}

export type ExecutionVerdict =
  { readonly allowed: true; readonly argv: readonly string[] } | { readonly allowed: false; readonly reasons: readonly Reason[] };

/**
 * The door that everything must pass before it runs: nobody has stopped execution, the decision is the one on record, it offers exactly this action, the action
 * renders to exactly this argv, and the rules in force now still let it. Pure, never throws; what cannot be verified is refused.
 * SQL needs `ready()` to have resolved, else it is refused.
 */
export const guardAtExecution = (execution: Execution): ExecutionVerdict => {
  try {
    const reasons = [...switchedOff(execution), ...boundTo(execution), ...fits(execution)];
    return reasons.length === 0 && isWords(execution.argv)
      ? { allowed: true, argv: Object.freeze([...execution.argv]) }
      : refused(reasons);
  } catch (error) {
    return refused([
      because('not-verifiable', `The check itself failed: ${error instanceof Error ? error.message : 'unknown fault'}.`),
    ]);
  }
};

const because = (code: string, text: string): Reason => ({ code, text: text.slice(0, 1_000) });

const refused = (reasons: readonly Reason[]): ExecutionVerdict => ({
  allowed: false,
  reasons: reasons.length > 0 ? reasons : [because('not-verifiable', 'It could not be verified.')],
});

/** Words that a program can be started with: no NUL, which would end one early, and half a character is none. */
const isWords = (argv: unknown): argv is readonly string[] =>
  Array.isArray(argv) &&
  argv.length > 0 &&
  argv.every((word) => typeof word === 'string' && word.isWellFormed() && !word.includes('\0')) &&
  argv[0] !== '';

/** Whoever does not say that it may run has not looked. */
const switchedOff = ({ stopped }: Execution): Reason[] =>
  stopped === false ? [] : [because('execution-stopped', 'All execution is stopped; see `inquest execution get`.')];

const hasHash = (value: unknown, hash: unknown): boolean => sha256Json(value) === hash;

/** The decision is on record, lets something run, and this action is one of its own, to the byte. */
const boundTo = ({ decision, decisionHash, approvedHash, action }: Execution): Reason[] => {
  if (!hasHash(decision, decisionHash))
    return [because('decision-changed', 'The decision does not have the hash that is on record.')];
  const parsed = DecisionPackage.safeParse(decision);
  if (!parsed.success) return [because('decision-unreadable', 'The decision does not have the form of a decision.')];
  const { outcome, requiresHumanApproval, degraded, allDegraded } = parsed.data;
  if (outcome !== 'auto-execute' && outcome !== 'human-approval')
    return [because('nothing-decided', `The decision is ${outcome}: it lets nothing run.`)];
  const needsPerson = outcome === 'human-approval' || requiresHumanApproval || degraded || allDegraded;
  const wanted = sha256Json(action);
  const same = offered(decision).filter((one) => hasHash(one, wanted));
  return [
    ...(approvedHash !== undefined && approvedHash !== decisionHash
      ? [because('other-approval', 'What was approved is another decision.')]
      : []),
    ...(needsPerson && approvedHash === undefined
      ? [because('not-approved', 'The decision needs a person who approves it.')]
      : []),
    ...(same.length === 1 ? [] : [because('not-decided', 'The decision does not hold exactly this action.')]),
  ];
};

/** The actions as they are on record: what a reader drops would not be bound. */
const offered = (decision: unknown): readonly unknown[] => {
  const actions = (decision as { readonly actions?: unknown }).actions;
  return Array.isArray(actions) ? actions : [];
};

/** The action renders to this argv, which starts one known program, and rules and evidence still agree. */
const fits = (execution: Execution): Reason[] => {
  const { argv } = execution;
  const parsed = Action.safeParse(execution.action);
  if (!parsed.success) return [because('action-unreadable', 'The action does not have the form of an action.')];
  if (!isWords(argv)) return [because('argv-unreadable', 'The argv is not a list of words.')];
  const entities = entitiesOf(execution.snapshot, execution.incident);
  return [...shells(argv), ...otherRendering(parsed.data, argv, entities), ...judged(parsed.data, entities, execution)];
};

/** No shell, and nothing that starts another program for it: neither in its own name nor by what it carries. */
const shells = (argv: readonly string[]): Reason[] => {
  const [program = ''] = argv;
  const { facts } = readCommand(commandLine(argv));
  const carries = facts.length !== 1 || facts.some(({ via }) => via.length > 0);
  return program !== baseName(program) || isShell(program) || isWrapper(program) || carries
    ? [because('runs-shell', `${program.slice(0, 100)} is no plain program that runs by itself.`)]
    : [];
};

const otherRendering = (action: Action, argv: readonly string[], entities: Entities): Reason[] => {
  const same = renderAgain(action).find(
    (rendered) => action.command === commandLine(rendered.argv) && isEqual(rendered.argv, argv),
  );
  if (!same) return [because('renders-otherwise', 'The catalogue does not render this action to this argv.')];
  const why = same.unless(same.params, { entities, recentChange: false });
  return why === undefined ? [] : [because('does-not-apply', `It does not apply any more: ${why}.`)];
};

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, index) => word === b[index]);

/** A person may have approved what needs a revision; nobody can approve what is rejected, unreadable, or reaches further than was decided. */
const judged = (action: Action, entities: Entities, { decision, approvedHash, rules = BUILT_IN_RULES }: Execution): Reason[] => {
  const { judgement, hits, blastRadius } = judgeAction(action, entities, rules);
  const { facts, sql, problems } = readCommand(action.command);
  const unread =
    problems.length > 0 ||
    [...facts, ...sql].some(({ effect }) => effect === 'unknown') ||
    facts.some((fact) => fact.unresolved.length > 0);
  const decided = DecisionPackage.safeParse(decision).data?.planRadius ?? -1;
  const objections = hits.map(({ ruleId }) => ruleId).join(', ');
  return [
    ...(judgement === 'APPROVE' || (judgement === 'REQUEST_REVISION' && approvedHash !== undefined)
      ? []
      : [because('rules-object', `The rules ${rules.version} say ${judgement}: ${objections}.`)]),
    ...(unread ? [because('unreadable', 'The command cannot be read as a whole.')] : []),
    ...(blastRadius > decided
      ? [because('reaches-further', `It reaches ${blastRadius} of 100 now; ${decided} was decided upon.`)]
      : []),
  ];
};
