import { createHash, randomUUID } from 'node:crypto';

/** Who takes part, beside the gateway. */
export const ROLES = ['diagnostician', 'solver', 'reviewer', 'critic', 'coordinator'] as const;
export type Role = (typeof ROLES)[number];

/** The messages of a debate in the order in which they are said; review and critique at the same time. */
export const STEPS = ['incident', 'diagnosis', 'proposal', 'review', 'critique', 'decision'] as const;
export type Step = (typeof STEPS)[number];

/** What each role says when it has heard everything it waits for. */
export const ANSWERS = {
  diagnostician: 'diagnosis',
  solver: 'proposal',
  reviewer: 'review',
  critic: 'critique',
  coordinator: 'decision',
} as const satisfies Record<Role, Step>;

/** Who says it. */
export const SPEAKERS = {
  incident: 'gateway',
  diagnosis: 'diagnostician',
  proposal: 'solver',
  review: 'reviewer',
  critique: 'critic',
  decision: 'coordinator',
} as const satisfies Record<Step, Role | 'gateway'>;

const BODIES_MAX = 64;
const WORDS = (
  'latency checkout replica rollback memory pressure pod quota kernel socket timeout backlog certificate deploy flag cache ' +
  'eviction leader election shard region failover retry storm budget alert owner disk inode throttle gateway upstream canary ' +
  'dependency connection pool saturation garbage heap'
).split(' ');

/** Words as an operator would write them, with a number now and then: they compress about as well as real messages do. */
const bodyOf = (index: number) => {
  const bytes = createHash('shake256', { outputLength: 1_024 }).update(`body ${index}`).digest();
  let used = 0;
  const byte = (): number => bytes[used++ % bytes.length] ?? 0;
  const prose = (length: number): string => {
    let text = '';
    while (text.length < length) {
      text += `${WORDS[byte() % WORDS.length]} `;
      if (byte() % 6 === 0) text += `${byte() * byte()} `;
    }
    return text.slice(0, length);
  };
  return {
    statement: prose(424),
    confidence: (byte() % 100) / 100,
    evidence: Array.from({ length: 4 }, () => ({
      id: `ev-${byte() * byte()}`,
      kind: 'metric',
      weight: byte() % 10,
      text: prose(222),
    })),
    actions: Array.from({ length: 3 }, () => prose(90)),
  };
};
const BODIES = Array.from({ length: BODIES_MAX }, (_, index) => bodyOf(index));

const run = randomUUID().slice(0, 8);
let sessions = 0;
let messages = 0;

/** Never given twice, not even by two runs on one database. */
export const newSession = (): string => `${run}-${String(++sessions).padStart(8, '0')}`;

/** A thousand incidents, which the sessions share. */
export const incidentOf = (session: string): string => `inc-${session.slice(-3)}`;

/** About 2 KB of JSON, serialised anew each time. */
export const message = (session: string, step: Step): string =>
  JSON.stringify({
    id: `${session}:${step}`,
    session,
    incident: incidentOf(session),
    role: SPEAKERS[step],
    step,
    at: Date.now(),
    body: BODIES[messages++ % BODIES_MAX],
  });

/**
 * Parses a message and returns its session. No schema: peers are measured without the validation that Inquest has to pay for.
 *
 * @throws {Error} when it is none of ours.
 */
export const read = (text: string): string => {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null && 'session' in parsed && typeof parsed.session === 'string')
    return parsed.session;
  throw new Error(`This is no message of a debate: ${text.slice(0, 100)}`);
};

/**
 * All that a role does: it reads what it was told and says what is its turn to say.
 *
 * @throws {Error} when it was told of another debate.
 */
export const answer = (role: Role, session: string, heard: readonly string[]): string => {
  for (const text of heard) {
    const about = read(text);
    if (about !== session) throw new Error(`The ${role} was told of ${about} in ${session}.`);
  }
  return message(session, ANSWERS[role]);
};
