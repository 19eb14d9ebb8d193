import { causeOf, eventHash, seal, type Message, type MessageType, type Published, type Role } from '@inquest/contracts';
import { answersKey, sessionKey } from '@inquest/streams';
import { aDiagnosis } from '@inquest/testing';
import type { Redis } from 'ioredis';

type Field = string | Buffer | number;
const MEGABYTES = 10 * 1_024 * 1_024;

/** XADD with bytes as they are. */
export const addRaw = (redis: Redis, key: string, fields: readonly Field[]): Promise<unknown> =>
  redis.call('XADD', key, '*', ...fields);

const entryOf = (type: string, role: string, body: string | Buffer, seq: Field = 2): Field[] => [
  'seq',
  seq,
  'type',
  type,
  'role',
  role,
  'body',
  body,
  'traceparent',
  '',
];

/** What the Diagnostician of a session would say. */
export const diagnosisOf = (opened: Message, over: Partial<Message> = {}): Message =>
  seal<'diagnosis.reported'>({
    ...{
      type: 'diagnosis.reported',
      data: aDiagnosis({ abstained: true, confidence: 0 }),
      role: 'diagnostician',
      slot: 'answer',
    },
    ...{
      sessionId: opened.sessionId,
      incidentId: opened.incidentId,
      mind: 'rules',
      degraded: false,
      vote: 'ABSTAIN',
      ruleSet: 'spec',
    },
    ...{ latencyMs: 1, occurredAt: new Date().toISOString(), causes: [causeOf(opened)], ...(over as object) },
  });

/** The same as a writer of the next schema version would send it: it would fit ours, and must not be taken for it. */
export const ofTheNextVersion = (message: Message): Message => {
  const { eventHash: _, ...newer } = { ...message, schemaVersion: message.schemaVersion + 1 };
  return { ...newer, eventHash: eventHash(newer) };
};

export interface Tampering {
  readonly name: string;
  readonly write: (redis: Redis, opened: Message, other: string) => Promise<unknown>;
  /** How the session ends: as failed, with these words as its reason; or decided, since what was written harms nobody. */
  readonly ends: { readonly failed: RegExp } | 'decided';
}

const inStream =
  (fields: (opened: Message, other: string) => readonly Field[]): Tampering['write'] =>
  (redis, opened, other) =>
    addRaw(redis, sessionKey(opened.sessionId), fields(opened, other));

const said = (opened: Message, type: MessageType, role: Role, change: object = {}): Field[] =>
  entryOf(type, role, JSON.stringify({ ...diagnosisOf(opened), ...change }));

/** Everything that somebody with a hand on Redis might write into the keys of one session. */
export const TAMPERINGS: readonly Tampering[] = [
  { name: 'an entry without our fields', write: inStream(() => ['what', 'is this']), ends: { failed: /lacks the fields/ } },
  {
    name: 'an entry of bytes',
    write: inStream(() => [Buffer.from([0xff]), Buffer.from([0xfe, 0x80])]),
    ends: { failed: /lacks the fields/ },
  },
  {
    name: 'a number that is none',
    write: inStream((opened) => entryOf('diagnosis.reported', 'diagnostician', JSON.stringify(diagnosisOf(opened)), 'two')),
    ends: { failed: /seq/ },
  },
  {
    name: 'a body of bytes',
    write: inStream(() => entryOf('diagnosis.reported', 'diagnostician', Buffer.from([0xc3, 0x28, 0xff]))),
    ends: { failed: /not JSON/ },
  },
  {
    name: 'a body cut in the middle',
    write: inStream((opened) =>
      entryOf('diagnosis.reported', 'diagnostician', JSON.stringify(diagnosisOf(opened)).slice(0, 300)),
    ),
    ends: { failed: /not JSON/ },
  },
  {
    name: 'ten megabytes that are no JSON',
    write: inStream(() => entryOf('diagnosis.reported', 'diagnostician', 'x'.repeat(MEGABYTES))),
    ends: { failed: /not JSON/ },
  },
  {
    name: 'ten megabytes in one field',
    write: inStream((opened) =>
      said(opened, 'diagnosis.reported', 'diagnostician', { data: aDiagnosis({ summary: 'x'.repeat(MEGABYTES) }) }),
    ),
    ends: { failed: /summary/ },
  },
  {
    name: 'a hundred thousand levels',
    write: inStream((opened) =>
      entryOf(
        'diagnosis.reported',
        'diagnostician',
        JSON.stringify({ ...diagnosisOf(opened), data: 0 }).replace(
          '"data":0',
          `"data":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
        ),
      ),
    ),
    ends: { failed: /does not fit/ },
  },
  {
    name: 'data of other kinds',
    write: inStream((opened) =>
      said(opened, 'diagnosis.reported', 'diagnostician', { data: { healthy: 'yes', hypotheses: { length: { toString: 0 } } } }),
    ),
    ends: { failed: /does not fit/ },
  },
  {
    name: 'a message of another session',
    write: inStream((opened, other) => said(opened, 'diagnosis.reported', 'diagnostician', { sessionId: other })),
    ends: { failed: /belongs to session/ },
  },
  {
    name: 'a type that nobody knows',
    write: inStream((opened) => said(opened, 'diagnosis.reported', 'diagnostician', { type: 'horoscope.cast' })),
    ends: { failed: /does not fit/ },
  },
  {
    name: 'a role that may not say that',
    write: inStream((opened) => said(opened, 'diagnosis.reported', 'critic', { role: 'critic' })),
    ends: { failed: /critic never says/ },
  },
  {
    name: 'one role outside and another inside',
    write: inStream((opened) => said(opened, 'diagnosis.reported', 'reviewer')),
    ends: { failed: /says outside/ },
  },
  {
    name: 'a newer schema version',
    write: inStream((opened) =>
      entryOf('diagnosis.reported', 'diagnostician', JSON.stringify(ofTheNextVersion(diagnosisOf(opened)))),
    ),
    ends: { failed: /schema version 2/ },
  },
  {
    name: 'a number that jumps',
    write: inStream((opened) =>
      entryOf('diagnosis.reported', 'diagnostician', JSON.stringify(diagnosisOf(opened)), 2_000_000_000),
    ),
    ends: 'decided',
  },
  {
    name: 'a text in the place of the stream',
    write: (redis, { sessionId }) => redis.set(sessionKey(sessionId), 'no stream'),
    ends: 'decided',
  },
  {
    name: 'a text in the place of the answers',
    write: (redis, { sessionId }) => redis.set(answersKey(sessionId), 'no hash'),
    ends: 'decided',
  },
  {
    name: 'a list in the place of both',
    write: (redis, { sessionId }) =>
      Promise.all([
        redis.del(sessionKey(sessionId), answersKey(sessionId)),
        redis.lpush(sessionKey(sessionId), 'x'),
        redis.lpush(answersKey(sessionId), 'x'),
      ]),
    ends: 'decided',
  },
  {
    name: 'answers that are no ids',
    write: (redis, { sessionId }) => redis.hset(answersKey(sessionId), { '#seq': 'many', 'diagnostician:1:answer': 'x' }),
    ends: { failed: /broke over it/ },
  },
  {
    name: 'a stream without its beginning',
    write: async (redis, { sessionId }) =>
      redis.xdel(sessionKey(sessionId), ...(await redis.xrange(sessionKey(sessionId), '-', '+')).map(([id]) => id)),
    ends: 'decided',
  },
];

/** What might be written into the inbox of a service. `session` and `id` are those of a session that is going on. */
export const inboxTamperings = ({
  streamId,
  message,
}: Pick<Published, 'streamId' | 'message'>): readonly (readonly [string, readonly Field[]])[] => {
  const session = message.sessionId;
  const nowhere = '019bc0de-0000-7000-8000-00000000dead';
  const type = 'plan.proposed';
  return [
    ['no field of ours', ['what', 'is this']],
    ['bytes', [Buffer.from([0xff, 0xfe]), Buffer.from([0x80])]],
    ['a number that is none', ['session', session, 'id', streamId, 'seq', 'first', 'type', type]],
    ['a number beyond all', ['session', session, 'id', streamId, 'seq', '9'.repeat(30), 'type', type]],
    ['an id that is none', ['session', session, 'id', 'latest', 'seq', 2, 'type', type]],
    ['an id beyond all', ['session', session, 'id', `${'9'.repeat(40)}-1`, 'seq', 2, 'type', type]],
    ['a session that is none', ['session', '{x} or 1=1', 'id', '1-1', 'seq', 2, 'type', type]],
    ['a session that nobody knows', ['session', nowhere, 'id', '1-1', 'seq', 2, 'type', type]],
    ['a pointer to nowhere', ['session', session, 'id', '1-1', 'seq', 2, 'type', type]],
    ['a pointer of ten megabytes', ['session', session, 'id', '1'.repeat(MEGABYTES), 'seq', 2, 'type', type]],
    ['a type that nobody knows', ['session', session, 'id', streamId, 'seq', 2, 'type', 'horoscope.cast', 'body', '{}']],
    ['a type that all objects have', ['session', session, 'id', streamId, 'seq', 2, 'type', '__proto__', 'body', '{}']],
    ['ten megabytes', ['session', session, 'id', streamId, 'seq', 2, 'type', type, 'body', 'x'.repeat(MEGABYTES)]],
    [
      'a message of another session',
      ['session', nowhere, 'id', streamId, 'seq', 1, 'type', type, 'body', JSON.stringify(message)],
    ],
  ];
};
