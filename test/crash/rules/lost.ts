import { ANSWER_OF } from '@inquest/debate';
import { isTerminal, VOTERS, type Voter } from '@inquest/contracts';
import { hadPeer } from '../expectations.js';
import { endsOf, faultsDuring, hasFailed, placeOf, rowAt, saidAtMs, type SessionFacts } from '../facts.js';
import { isExplainedLetter, isUnderWay, mayHaveForgotten, sessionOfLetter } from './explained.js';
import type { SessionRule, WorldRule } from './rule.js';

/** Invariant 1, first half. */
const acceptedIsOnRecord: SessionRule = {
  name: 'accepted-is-on-record',
  kind: 'lost',
  find: ({ acceptances, incident, rows }) => [
    ...(incident || acceptances.length === 0 ? [] : [`${acceptances.length} time(s) answered with 2xx, and not in incidents`]),
    ...(incident || rows.length === 0 ? [] : [`has ${rows.length} rows and no incident`]),
    ...acceptances
      .filter((accepted) => incident && accepted.incidentId !== incident.incidentId)
      .map(({ incidentId }) => `was accepted as incident ${incidentId}, and is on record as ${incident?.incidentId}`),
  ],
};

/** Invariant 1, second half: without an end there must be somebody who will still see to it. */
const somebodyEndsIt: SessionRule = {
  name: 'somebody-ends-it',
  kind: 'lost',
  find: (session) =>
    endsOf(session).length > 0 || session.isInOpenSessions ? [] : ['has no end and is not in open_sessions: nobody will end it'],
};

const isEndingTwice = (session: SessionFacts, type: string): boolean => isTerminal(type) && endsOf(session).length > 0;

/** What stands in the stream was said; all of it belongs on record. Another row in the same place is a matter of doubles. */
const saidIsRecorded: SessionRule = {
  name: 'said-is-recorded',
  kind: 'lost',
  find: (session, world) =>
    isUnderWay(session, world)
      ? []
      : (session.stream ?? [])
          .filter(({ place, type, seq }) => {
            if (rowAt(session, place) || isEndingTwice(session, type)) return false;
            return !session.poisonedSeqs.includes(seq);
          })
          .map(({ seq, type, streamId }) => `number ${seq}, ${type}, stands in the stream at ${streamId} and has no row`),
};

const recordedIsInStream: SessionRule = {
  name: 'recorded-is-in-stream',
  kind: 'lost',
  find: (session, world) => {
    const { rows, stream } = session;
    if (!stream || isUnderWay(session, world)) return [];
    // What Redis forgot of a session that has ended is on record all the same; the stream goes, which another rule sees to.
    if (session.endedAtMs !== null && mayHaveForgotten(session.sessionId, world.nowMs, world)) return [];
    const places = new Set(stream.map(({ place }) => place));
    // The recorder ends a session whose stream takes nothing more in the record alone.
    const missing = rows.filter(({ envelope }) => !places.has(placeOf(envelope)) && envelope.type !== 'session.failed');
    return missing.map(
      ({ seq, envelope }) => `number ${seq}, ${envelope.type}, is on record and not in the stream, which exists`,
    );
  },
};

/** 1, 2, … without a hole, unless what is missing is kept as poison or as a dead letter, and why is known. */
const numbersAreComplete: SessionRule = {
  name: 'numbers-are-complete',
  kind: 'lost',
  find: (session, world) => {
    if (isUnderWay(session, world)) return [];
    // What Redis forgot was numbered and never recorded, or is recorded late: the numbers go on behind the rows that were there.
    if (mayHaveForgotten(session.sessionId, session.endedAtMs ?? world.nowMs, world)) return [];
    const letters = session.letters.filter((letter) => hasFailed(session) || isExplainedLetter(letter, world));
    const explained = new Set([
      ...(hasFailed(session) ? session.poisonedSeqs : []),
      ...letters.map(({ fields }) => Number(fields.seq)),
    ]);
    const numbers = session.rows.map(({ seq }) => seq);
    const holes = Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1).filter(
      (seq) => !numbers.includes(seq) && !explained.has(seq),
    );
    const doubles = numbers.filter((seq, index) => numbers.indexOf(seq) !== index);
    return holes.length + doubles.length === 0 ? [] : [`its rows are numbered ${numbers.join(', ')}`];
  },
};

/**
 * A question was taken and never answered, though a replica lived that could have claimed it: whoever had it acknowledged
 * it too early. Seen by the Coordinator answering for the role; held only to turns that are longer than a takeover takes.
 */
const peerTakesOver: SessionRule = {
  name: 'peer-takes-over',
  kind: 'lost',
  find: (session, { faults, expected }) => {
    const turnMs = session.incident?.turnMs ?? 0;
    if (turnMs < expected.takeoverMs) return [];
    return VOTERS.flatMap((role) => {
      const answer = session.rows.find(({ envelope }) => envelope.onBehalfOf === role);
      const question = answer && session.rows.find(({ envelope }) => envelope.type === QUESTION_TO[role]);
      if (!answer || !question) return [];
      const meanwhile = faultsDuring(faults, saidAtMs(question), saidAtMs(answer), expected.aftermathMs);
      if (meanwhile.length > 1 || meanwhile.some((fault) => !hadPeer(fault, expected))) return [];
      const during = meanwhile[0] ? `only ${meanwhile[0].name} of one ${meanwhile[0].victim}` : 'no fault';
      return [`the ${role} was answered for after ${saidAtMs(answer) - saidAtMs(question)} ms, with ${during} meanwhile`];
    });
  },
};

const QUESTION_TO: Record<Voter, string> = {
  diagnostician: 'session.opened',
  solver: ANSWER_OF.diagnostician,
  reviewer: ANSWER_OF.solver,
  critic: ANSWER_OF.solver,
};

const failsForAReason: SessionRule = {
  name: 'fails-for-a-reason',
  kind: 'lost',
  find: (session, world) => {
    if (!hasFailed(session) || session.poisonedSeqs.length > 0 || world.expected.mayFail(session.sessionId)) return [];
    const end = endsOf(session)[0];
    if (mayHaveForgotten(session.sessionId, session.endedAtMs ?? world.nowMs, world)) return [];
    return [`ended by session.failed, though its data can be read and stored: ${JSON.stringify(end?.envelope.data)}`];
  },
};

const lettersAreExpected: WorldRule = {
  name: 'letters-are-expected',
  kind: 'lost',
  find: (world) =>
    world.letters
      .filter((letter) => letter.reason !== 'superseded' && !isExplainedLetter(letter, world))
      .map((letter) => ({
        sessionId: sessionOfLetter(letter),
        text: `${letter.reason} in ${letter.inbox}, after ${letter.deliveries} deliveries: ${letter.detail}`,
      })),
};

export const LOST: readonly SessionRule[] = [
  acceptedIsOnRecord,
  somebodyEndsIt,
  saidIsRecorded,
  recordedIsInStream,
  numbersAreComplete,
  peerTakesOver,
  failsForAReason,
];
export const LOST_IN_THE_WORLD: readonly WorldRule[] = [lettersAreExpected];
