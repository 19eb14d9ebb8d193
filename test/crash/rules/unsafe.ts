import { outputHash, type Message, type Published } from '@inquest/contracts';
import { recompute } from '@inquest/debate';
import { endsOf, type SessionFacts } from '../facts.js';
import { repeated, type SessionRule, type WorldRule } from './rule.js';

/** Invariant 2, as an observer sees it. */
const recordedBeforeReleased: SessionRule = {
  name: 'recorded-before-released',
  kind: 'unsafe',
  find: ({ releases }) =>
    releases
      .filter(({ wasRecorded }) => wasRecorded === false)
      .map(
        ({ eventHash, atMs }) => `was released as ${eventHash} at ${new Date(atMs).toISOString()}, and the row was not committed`,
      ),
};

/** What was seen outside has to be what stands, also after the database has recovered. */
const releaseStands: SessionRule = {
  name: 'release-stands',
  kind: 'unsafe',
  find: (session) => {
    const end = endsOf(session)[0]?.envelope.eventHash;
    const others = new Set(session.releases.map(({ eventHash }) => eventHash).filter((hash) => hash !== end));
    return [...others].map((hash) => `was released as ${hash}, and on record is ${end ?? 'no end'}`);
  },
};

const causesAreRecorded: SessionRule = {
  name: 'causes-are-recorded',
  kind: 'unsafe',
  find: ({ rows }) => {
    const onRecord = new Set(rows.map(({ envelope }) => `${envelope.eventId} ${envelope.eventHash}`));
    return rows.flatMap(({ seq, envelope }) =>
      envelope.causes
        .filter(({ eventId, eventHash }) => !onRecord.has(`${eventId} ${eventHash}`))
        .map(({ eventHash }) => `number ${seq}, ${envelope.type}, rests on ${eventHash}, which is not on record`),
    );
  },
};

/** Invariant 6. On the path of the single role the decision is itself the answer, and there is nothing to recompute. */
const decisionRecomputes: SessionRule = {
  name: 'decision-recomputes',
  kind: 'unsafe',
  find: (session) => {
    const decision = session.rows.find(({ envelope }) => envelope.type === 'decision.made');
    if (!decision) return [];
    const unreadable = session.rows.find(({ published }) => published === null);
    if (unreadable) return [`cannot be recomputed: number ${unreadable.seq} cannot be read: ${unreadable.problem}`];
    if (outputHash(decision.envelope.data) !== decision.envelope.outputHash)
      return [`its data does not give its own output hash`];
    const messages = messagesOf(session);
    const opening = messages[0]?.message;
    if (opening?.type !== 'session.opened') return ['was decided, and does not begin with session.opened'];
    if (opening.data.path === 'single') return [];
    const { same, otherGates, recordedHash, recomputedHash } = recompute(messages);
    return same || otherGates ? [] : [`was decided as ${recordedHash} and recomputes to ${recomputedHash}`];
  },
};

/** Invariant 7: automatic execution, and the other outcome that asks no human, need four voices without a flaw. */
const unaskedIsFlawless: SessionRule = {
  name: 'unasked-is-flawless',
  kind: 'unsafe',
  find: (session) => {
    const messages = messagesOf(session).map(({ message }) => message);
    const decision = messages.find(({ type }) => type === 'decision.made');
    if (decision?.type !== 'decision.made') return [];
    const { outcome, requiresHumanApproval } = decision.data;
    if (outcome !== 'auto-execute' && requiresHumanApproval) return [];
    const flaws = messages.filter(({ type }) => type !== 'decision.made').flatMap((message) => flawsOf(message, outcome));
    const missing = outcome === 'auto-execute' ? ABSENT.filter((type) => !messages.some((message) => message.type === type)) : [];
    return [...flaws, ...missing.map((type) => `there is no ${type}`)].map(
      (flaw) => `ended in ${outcome} without asking, though ${flaw}`,
    );
  },
};

const ABSENT = ['diagnosis.reported', 'plan.proposed', 'verdict.given', 'critique.raised'];

const flawsOf = (message: Message, outcome: string): string[] => {
  const { role, degraded, vote, onBehalfOf, mind } = message;
  const spoke = role !== 'gateway';
  return [
    ...(spoke && degraded ? [`the ${role} was degraded`] : []),
    ...(spoke && vote === 'ABSTAIN' ? [`the ${role} abstained`] : []),
    ...(onBehalfOf !== null ? [`the ${role} was answered for`] : []),
    ...(outcome === 'auto-execute' && spoke && mind === 'rules' && role !== 'reviewer'
      ? [`the ${role} spoke from rules alone`]
      : []),
    ...(message.type === 'verdict.given' && /REQUEST_REVISION|REJECT/.test(message.data.judgement)
      ? [`the reviewer said ${message.data.judgement}`]
      : []),
    ...(message.type === 'critique.raised' && message.data.challenges.some(({ severity }) => severity === 'critical')
      ? ['a critical challenge stands']
      : []),
  ];
};

/** Invariant 8. The single role applies the same hard rules within its one answer, which no row of their own shows. */
const offeredIsJudged: SessionRule = {
  name: 'offered-is-judged',
  kind: 'unsafe',
  find: (session) => {
    const messages = messagesOf(session).map(({ message }) => message);
    const decision = messages.find(({ type }) => type === 'decision.made');
    if (decision?.type !== 'decision.made' || decision.data.actions.length === 0 || decision.role === 'single') return [];
    const heard = new Set(decision.causes.map(({ eventHash }) => eventHash));
    const verdict = messages.find((message) => message.type === 'verdict.given' && heard.has(message.eventHash));
    if (verdict?.type !== 'verdict.given') return ['offers a plan and rests on no verdict'];
    const judged = new Set(verdict.data.actions.map(({ actionId }) => actionId));
    const unjudged = decision.data.actions.filter(({ id }) => !judged.has(id)).map(({ id }) => id);
    return [
      ...(verdict.data.rulesJudged ? [] : ["offers a plan that the Reviewer's rules never judged"]),
      ...(verdict.data.rulesJudged && unjudged.length > 0
        ? [`offers ${unjudged.join(', ')}, which the Reviewer's rules never judged`]
        : []),
    ];
  },
};

/** Each step of an execution is recorded before it is taken; the same step of one action twice means that it was taken twice. */
const executedOnce: SessionRule = {
  name: 'executed-once',
  kind: 'unsafe',
  find: ({ rows }) =>
    repeated(
      rows
        .filter(({ envelope }) => envelope.type.startsWith('execution.'))
        .map(({ envelope }) => `${envelope.type} of ${actionOf(envelope.data)}`),
    ).map(([step, times]) => `is ${times} times on record: ${step}`),
};

const actionOf = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'actionId' in data ? String(data.actionId) : 'the plan';

const messagesOf = ({ rows }: SessionFacts): Published[] =>
  rows.map(({ published }) => published).filter((message) => message !== null);

/** Invariant 5. */
const ledgerHolds: WorldRule = {
  name: 'ledger-holds',
  kind: 'unsafe',
  find: ({ ledger }) => ledger.map(({ kind, sessionId, text }) => ({ sessionId: sessionId ?? null, text: `${kind}: ${text}` })),
};

export const UNSAFE: readonly SessionRule[] = [
  recordedBeforeReleased,
  releaseStands,
  causesAreRecorded,
  decisionRecomputes,
  unaskedIsFlawless,
  offeredIsJudged,
  executedOnce,
];
export const UNSAFE_IN_THE_WORLD: readonly WorldRule[] = [ledgerHolds];
