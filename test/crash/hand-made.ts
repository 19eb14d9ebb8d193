import type { DecisionPackage, Message, Published } from '@inquest/contracts';
import { decide, fold } from '@inquest/debate';
import type { RecordedEvent } from '@inquest/record';
import type { DeadLetter } from '@inquest/streams';
import {
  aCritique,
  aDiagnosis,
  anOpening,
  aPlan,
  aVerdict,
  INCIDENT_ID,
  OPENED_AT_MS,
  published,
  SESSION_ID,
  type Manner,
} from '@inquest/testing';
import { STANDARD, type Expectations } from './expectations.js';
import { placeOf, type SessionFacts, type StreamFact, type WorldFacts } from './facts.js';
import type { FaultSpan } from './history.js';
import { weigh } from './oracle.js';

export { OPENED_AT_MS, SESSION_ID };

/** A debate without a flaw: each message 100 ms after the one before, the decision as the gates make it. */
export const aDebate = (manners: { readonly critic?: Manner; readonly decidedAfterMs?: number } = {}): Published[] => {
  const opened = published('session.opened', anOpening(), { seq: 1, vote: null, mind: 'rules' });
  const said = (seq: number): Manner => ({ seq, afterMs: (seq - 1) * 100 });
  const diagnosis = published('diagnosis.reported', aDiagnosis(), { ...said(2), causes: [opened.message] });
  const plan = published('plan.proposed', aPlan(), { ...said(3), causes: [opened.message, diagnosis.message] });
  const heard = [opened.message, diagnosis.message, plan.message];
  const verdict = published('verdict.given', aVerdict(), { ...said(4), causes: heard });
  const critique = published('critique.raised', aCritique(), { ...said(5), causes: heard, ...manners.critic });
  const before: Published[] = [opened, diagnosis, plan, verdict, critique];
  return [...before, decisionOn(before, {}, manners.decidedAfterMs ?? 500)];
};

/** The gates' decision on what was said, changed as wanted. */
export const decisionOn = (before: readonly Published[], changes: Partial<DecisionPackage> = {}, afterMs = 500): Published => {
  const session = fold(before);
  if (!session) throw new Error('the debate does not begin with its opening');
  const causes = before.map(({ message }) => message);
  return published(
    'decision.made',
    { ...decide(session), ...changes },
    { seq: before.length + 1, afterMs, mind: 'rules', vote: null, causes },
  );
};

export const rowOf = ({ seq, streamId, message }: Published): RecordedEvent => ({
  seq,
  streamId,
  envelope: message,
  published: { seq, streamId, message },
  problem: null,
});

export const entryOf = ({ seq, streamId, message }: Published): StreamFact => ({
  streamId,
  seq,
  type: message.type,
  place: placeOf(message),
  eventHash: message.eventHash,
});

/** What is found of such a debate when all is well. */
export const aSession = (debate: readonly Published[] = aDebate(), changes: Partial<SessionFacts> = {}): SessionFacts => {
  const end = debate.at(-1)?.message;
  const release = { sessionId: SESSION_ID, eventHash: end?.eventHash ?? '', wasRecorded: true, atMs: OPENED_AT_MS + 620 };
  return {
    sessionId: SESSION_ID,
    incident: {
      incidentId: INCIDENT_ID,
      sessionId: SESSION_ID,
      idempotencyKey: 'k-1',
      acceptedAtMs: OPENED_AT_MS - 10,
      turnMs: 12_000,
      debateMs: 30_000,
    },
    acceptances: [{ incidentId: INCIDENT_ID, sessionId: SESSION_ID, idempotencyKey: 'k-1', atMs: OPENED_AT_MS }],
    rows: debate.map(rowOf),
    endedAtMs: OPENED_AT_MS + 600,
    stream: debate.map(entryOf),
    streamExpires: true,
    unfinished: [],
    isInOpenSessions: false,
    deadlineAtMs: null,
    poisonedSeqs: [],
    letters: [],
    releases: [release],
    acts: [{ sessionId: SESSION_ID, process: 'gateway.0 (1)', atMs: OPENED_AT_MS + 630 }],
    ...changes,
  };
};

/** A session that never got any further than this. */
export const unended = (said: readonly Published[], changes: Partial<SessionFacts> = {}): SessionFacts =>
  aSession(said, { endedAtMs: null, isInOpenSessions: true, releases: [], acts: [], ...changes });

export const aWorld = (changes: Partial<WorldFacts> = {}): WorldFacts => ({
  nowMs: OPENED_AT_MS + 600_000,
  faults: [],
  acceptances: [{ incidentId: INCIDENT_ID, sessionId: SESSION_ID, idempotencyKey: 'k-1', atMs: OPENED_AT_MS }],
  unfinished: [],
  inboxes: [{ name: 'recorder', length: 40 }],
  letters: [],
  ledger: [],
  ...changes,
});

/** Times are milliseconds after the session's opening. */
export const aFault = (fromMs: number, toMs: number, changes: Partial<FaultSpan> = {}): FaultSpan => ({
  name: 'SIGKILL',
  victim: 'solver',
  ...changes,
  fromMs: OPENED_AT_MS + fromMs,
  toMs: OPENED_AT_MS + toMs,
});

export const aLetter = (reason: DeadLetter['reason'], changes: Partial<DeadLetter> = {}): DeadLetter => ({
  id: `${OPENED_AT_MS + 700}-0`,
  inbox: 'recorder',
  inboxId: `${OPENED_AT_MS + 650}-0`,
  reason,
  detail: 'so it was',
  errorClass: '',
  cutChars: 0,
  advice: 'look',
  deliveries: 1,
  fields: { session: SESSION_ID, id: `${OPENED_AT_MS + 300}-0`, seq: '4', type: 'verdict.given' },
  ...changes,
});

/** The same message with a field changed and its hashes as they were, as somebody with superuser rights would leave it. */
export const tampered = (
  debate: readonly Published[],
  type: Message['type'],
  change: (message: Message) => object,
): Published[] =>
  debate.map((said) => (said.message.type === type ? { ...said, message: { ...said.message, ...change(said.message) } } : said));

/** A debate in which the Coordinator answered for the Critic, so long after the opening. */
export const answeredFor = (afterMs: number): Published[] => {
  const said = aDebate().slice(0, 4);
  const late = published('critique.raised', aCritique(), {
    ...{ seq: 5, afterMs, degraded: true, vote: 'ABSTAIN', onBehalfOf: 'critic' },
    causes: said.slice(0, 3).map(({ message }) => message),
  });
  return [...said, late, decisionOn([...said, late], {}, afterMs + 100)];
};

/** What the oracle says of one session where each service has a peer. */
export const verdictOn = (session: SessionFacts, world: Partial<WorldFacts> = {}, expected: Partial<Expectations> = {}) =>
  weigh([session], aWorld(world), { ...STANDARD, replicas: 2, ...expected });
