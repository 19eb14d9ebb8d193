import { isTerminal } from '@inquest/contracts';
import { endsOf, placeOf, rowAt } from '../facts.js';
import { isExplainedLetter, isUnderWay, sessionOfLetter } from './explained.js';
import { repeated, type SessionRule, type WorldRule } from './rule.js';

const oneEnd: SessionRule = {
  name: 'one-end',
  kind: 'doubled',
  find: (session) => {
    const onRecord = endsOf(session);
    const inStream = (session.stream ?? []).filter(({ type }) => isTerminal(type));
    return [
      ...(onRecord.length > 1
        ? [`has ${onRecord.length} ends on record: numbers ${onRecord.map(({ seq }) => seq).join(', ')}`]
        : []),
      ...(inStream.length > 1
        ? [`has ${inStream.length} ends in its stream: ${inStream.map(({ streamId }) => streamId).join(', ')}`]
        : []),
    ];
  },
};

/** Invariant 3. */
const oneAnswerPerSeat: SessionRule = {
  name: 'one-answer-per-seat',
  kind: 'doubled',
  find: ({ rows, stream }) => [
    ...repeated(rows.map(({ envelope }) => placeOf(envelope))).map(([place, times]) => `${times} rows say ${place}`),
    ...repeated((stream ?? []).map(({ place }) => place)).map(([place, times]) => `${times} entries of its stream say ${place}`),
  ],
};

/** Who acts on the stream and who acts on the record must have acted on the same answer. */
const streamAgreesWithRecord: SessionRule = {
  name: 'stream-agrees-with-record',
  kind: 'doubled',
  find: (session, world) =>
    isUnderWay(session, world)
      ? []
      : (session.stream ?? []).flatMap(({ place, type, eventHash, streamId }) => {
          const row = rowAt(session, place) ?? (isTerminal(type) ? endsOf(session)[0] : undefined);
          if (!row || row.envelope.eventHash === eventHash) return [];
          return [`${place} is ${eventHash} in the stream at ${streamId}, and ${row.envelope.eventHash} on record`];
        }),
};

const oneRelease: SessionRule = {
  name: 'one-release',
  kind: 'doubled',
  find: ({ releases }) => {
    const hashes = [...new Set(releases.map(({ eventHash }) => eventHash))];
    return hashes.length > 1 ? [`was released as ${hashes.join(' and as ')}`] : [];
  },
};

/** A second process may act again after a crash; the same one remembers the hash that it acted on. */
const actedOnOnce: SessionRule = {
  name: 'acted-on-once',
  kind: 'doubled',
  find: ({ acts }) =>
    repeated(acts.map(({ process }) => process)).map(([process, times]) => {
      const moments = acts.filter((act) => act.process === process).map(({ atMs }) => new Date(atMs).toISOString());
      return `${process} acted ${times} times on its release, at ${moments.join(' and ')}`;
    }),
};

const oneIncidentPerKey: WorldRule = {
  name: 'one-incident-per-key',
  kind: 'doubled',
  find: ({ acceptances }) => {
    const byKey = new Map<string, Set<string>>();
    for (const { idempotencyKey, incidentId } of acceptances)
      if (idempotencyKey !== null) byKey.set(idempotencyKey, (byKey.get(idempotencyKey) ?? new Set()).add(incidentId));
    return [...byKey]
      .filter(([, incidents]) => incidents.size > 1)
      .map(([key, incidents]) => ({ sessionId: null, text: `key ${key} opened incidents ${[...incidents].join(' and ')}` }));
  },
};

/** Two answers for one seat met at the record. Only a Redis that forgot the first may have let the second through. */
const supersessionIsExplained: WorldRule = {
  name: 'supersession-is-explained',
  kind: 'doubled',
  find: (world) =>
    world.letters
      .filter((letter) => letter.reason === 'superseded' && !isExplainedLetter(letter, world))
      .map((letter) => ({
        sessionId: sessionOfLetter(letter),
        text: `${letter.fields.type} of number ${letter.fields.seq} met another one on record, and Redis had forgotten nothing: ${letter.detail}`,
      })),
};

export const DOUBLED: readonly SessionRule[] = [oneEnd, oneAnswerPerSeat, streamAgreesWithRecord, oneRelease, actedOnOnce];
export const DOUBLED_IN_THE_WORLD: readonly WorldRule[] = [oneIncidentPerKey, supersessionIsExplained];
