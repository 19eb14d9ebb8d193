import { ANSWER_OF } from '@inquest/debate';
import { VOTERS } from '@inquest/contracts';
import { faultsDuring, saidAtMs, type UnfinishedFact } from '../facts.js';
import { dueAtMs, isUnderWay } from './explained.js';
import type { SessionRule, WorldRule } from './rule.js';

/** Invariant 4. */
const endsInTime: SessionRule = {
  name: 'ends-in-time',
  kind: 'stuck',
  find: (session, world) => {
    const dueMs = dueAtMs(session, world);
    const { endedAtMs } = session;
    if (endedAtMs !== null)
      return endedAtMs > dueMs ? [`ended ${Math.round(endedAtMs - dueMs)} ms later than its limit and recovery allow`] : [];
    if (world.nowMs <= dueMs || !session.isInOpenSessions) return [];
    const said = session.rows.map(({ envelope }) => envelope.type).join(', ') || 'nothing';
    return [`is still open ${Math.round(world.nowMs - dueMs)} ms after its limit and recovery; on record is ${said}`];
  },
};

const endedIsNotOpen: SessionRule = {
  name: 'ended-is-not-open',
  kind: 'stuck',
  find: ({ endedAtMs, isInOpenSessions }) =>
    endedAtMs !== null && isInOpenSessions ? ['has its end on record and is still in open_sessions'] : [],
};

/** An ended session's stream goes by itself, or it stays for ever. */
const endedExpires: SessionRule = {
  name: 'ended-expires',
  kind: 'stuck',
  find: ({ endedAtMs, streamExpires }, { nowMs, expected }) =>
    endedAtMs !== null && !streamExpires && nowMs - endedAtMs > expected.aftermathMs
      ? ['has its end on record, and its stream stays in Redis for ever']
      : [],
};

/** Whoever ended it may have died before it cleared the deadline; then the next look clears it. */
const endedHasNoDeadline: SessionRule = {
  name: 'ended-has-no-deadline',
  kind: 'stuck',
  find: ({ endedAtMs, deadlineAtMs }, { nowMs, expected }) =>
    endedAtMs !== null && deadlineAtMs !== null && nowMs - endedAtMs > expected.aftermathMs
      ? [`ended ${Math.round(nowMs - endedAtMs)} ms ago and has a deadline in ${Math.round(deadlineAtMs - nowMs)} ms`]
      : [],
};

/**
 * Whoever completes the four wakes a Coordinator that folds all of them from the stream. One that rests on what its own
 * process has heard decides only when some deadline makes it.
 */
const lastAnswerDecides: SessionRule = {
  name: 'last-answer-decides',
  kind: 'stuck',
  find: ({ rows }, { faults, expected }) => {
    const answers = VOTERS.map((role) => rows.find(({ envelope }) => envelope.type === ANSWER_OF[role]));
    const decision = rows.find(({ envelope }) => envelope.type === 'decision.made');
    if (!decision || answers.some((answer) => !answer)) return [];
    const completeAtMs = Math.max(...answers.map((answer) => (answer ? saidAtMs(answer) : 0)));
    const lateMs = saidAtMs(decision) - completeAtMs;
    if (lateMs <= expected.fanInWithinMs) return [];
    if (faultsDuring(faults, completeAtMs, saidAtMs(decision), expected.aftermathMs).length > 0) return [];
    return [`was decided ${lateMs} ms after the last of its four answers, with no fault in between`];
  },
};

/** Nothing stays handed out, and nothing stays unread. */
const nothingIsPending: SessionRule = {
  name: 'nothing-is-pending',
  kind: 'stuck',
  find: (session, world) => (isUnderWay(session, world) ? [] : session.unfinished.map(unfinished)),
};

const inboxesAreEmpty: WorldRule = {
  name: 'nothing-is-pending',
  kind: 'stuck',
  find: (world) => world.unfinished.map((fact) => ({ sessionId: fact.sessionId, text: unfinished(fact) })),
};

const unfinished = ({ key, group, id, consumer, deliveries }: UnfinishedFact): string =>
  consumer === null
    ? `${id} of ${key} was never read by ${group}`
    : `${id} of ${key} is pending in ${group} at ${consumer} after ${deliveries} deliveries`;

const inboxesAreTrimmed: WorldRule = {
  name: 'inboxes-are-trimmed',
  kind: 'stuck',
  find: ({ inboxes, expected }) =>
    inboxes
      .filter(({ length }) => length > expected.inboxLengthMax)
      .map(({ name, length }) => ({ sessionId: null, text: `${name} keeps ${length} entries` })),
};

export const STUCK: readonly SessionRule[] = [
  endsInTime,
  endedIsNotOpen,
  endedExpires,
  endedHasNoDeadline,
  lastAnswerDecides,
  nothingIsPending,
];
export const STUCK_IN_THE_WORLD: readonly WorldRule[] = [inboxesAreEmpty, inboxesAreTrimmed];
