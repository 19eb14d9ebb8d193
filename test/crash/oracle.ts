import type { DeadLetter } from '@inquest/streams';
import { Evidence, type Places } from './evidence.js';
import { STANDARD, type Expectations } from './expectations.js';
import type { SessionFacts, WorldFacts } from './facts.js';
import { besideAPeer, courseOf, recoveryFrom, type Course } from './figures.js';
import type { History } from './history.js';
import { isUnderWay } from './rules/explained.js';
import { SESSION_RULES, WORLD_RULES, type Kind, type Surroundings } from './rules/index.js';
import type { Finding, Verdict } from './verdict.js';

export type { Places } from './evidence.js';
export type { Expectations } from './expectations.js';
export { quiesce } from './quiesce.js';

/**
 * Holds all that Postgres and Redis contain, and all that clients and observers saw, against the invariants. Call it when
 * nothing moves any more (`quiesce`) and both servers can be reached.
 */
export const judge = async (places: Places, history: History, expectations: Partial<Expectations> = {}): Promise<Verdict> => {
  const expected = { ...STANDARD, ...expectations };
  const evidence = await Evidence.open(places, history, expected.sinceMs);
  try {
    const world = await evidence.world();
    return await weigh(evidence.sessions(world.letters), world, expected);
  } finally {
    await evidence.close();
  }
};

/** The judgement itself, over facts from wherever. */
export const weigh = async (
  sessions: AsyncIterable<SessionFacts> | Iterable<SessionFacts>,
  facts: WorldFacts,
  expected: Expectations = STANDARD,
): Promise<Verdict> => {
  const world: Surroundings = { ...facts, expected };
  const findings: Record<Kind, Finding[]> = { lost: [], doubled: [], stuck: [], unsafe: [] };
  const courses: Course[] = [];
  const underWay = new Set<string>();
  for await (const session of sessions) {
    const { sessionId } = session;
    for (const { name, kind, find } of SESSION_RULES)
      for (const text of find(session, world)) findings[kind].push({ rule: name, sessionId, text });
    courses.push(courseOf(session));
    if (isUnderWay(session, world)) underWay.add(sessionId);
  }
  const settled = { ...world, unfinished: facts.unfinished.filter(({ sessionId }) => !underWay.has(sessionId ?? '')) };
  for (const { name, kind, find } of WORLD_RULES)
    for (const violation of find(settled)) findings[kind].push({ rule: name, ...violation });
  const exposed = besideAPeer(courses, facts.faults, expected);
  return {
    debates: courses.length,
    open: underWay.size,
    failed: courses.filter(({ hasFailed }) => hasFailed).length,
    ...findings,
    degraded: courses.filter(({ isDegraded }) => isDegraded).length,
    degradedBesideAPeer: exposed.filter(({ isDegraded }) => isDegraded).length,
    besideAPeer: exposed.length,
    deadLetters: countByReason(facts.letters),
    recovery: facts.faults.map((fault) => recoveryFrom(fault, courses)),
  };
};

const countByReason = (letters: readonly DeadLetter[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of letters) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
