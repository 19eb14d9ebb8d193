/** Where dead letters wait for a human. */
export const DEAD_LETTER_KEY = 'aiops:dead-letter';

/** When which session has to be looked at; scores are epoch milliseconds of Redis' own clock. */
export const DEADLINES_KEY = 'aiops:deadlines';

/** Braces would move a key to another slot of the cluster than the keys beside it. */
const slotSafe = /^[^{}\s]{1,200}$/;

const checked = (kind: string, name: string): string => {
  if (!slotSafe.test(name))
    throw new TypeError(`${JSON.stringify(name)} is no ${kind}: 1 to 200 characters without braces and blanks.`);
  return name;
};

/** The event stream of a session. */
export const sessionKey = (sessionId: string): string => `aiops:agent:${checked('session id', sessionId)}`;

/** Beside the stream and, by its hash tag, in the same slot: which answer was given by which entry. */
export const answersKey = (sessionId: string): string => `{${sessionKey(sessionId)}}:answers`;

/** Where a rebuilt stream is prepared, in the same slot, before it takes the place of the old one. */
export const rebuildKeys = (sessionId: string): readonly [stream: string, answers: string] => [
  `{${sessionKey(sessionId)}}:rebuild`,
  `{${sessionKey(sessionId)}}:rebuild-answers`,
];

/** The one stream that a service blocks on, however many sessions live. */
export const inboxKey = (inbox: string): string => `aiops:inbox:${checked('inbox', inbox)}`;

/** Exists as long as the consumer refreshes it. */
export const aliveKey = (inbox: string, consumer: string): string => `aiops:alive:${checked('inbox', inbox)}:${consumer}`;
