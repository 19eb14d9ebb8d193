import { hadPeer, type Expectations } from './expectations.js';
import { acceptedAtMs, faultsDuring, hasFailed, isDegraded, type SessionFacts } from './facts.js';
import type { FaultSpan } from './history.js';
import type { Recovery } from './verdict.js';

/** What the figures need of a session once it has been judged. */
export interface Course {
  readonly acceptedAtMs: number;
  /** When its end was on record; null while it is open. */
  readonly endedAtMs: number | null;
  readonly isDegraded: boolean;
  readonly hasFailed: boolean;
}

export const courseOf = (session: SessionFacts): Course => ({
  acceptedAtMs: acceptedAtMs(session),
  endedAtMs: session.endedAtMs,
  isDegraded: isDegraded(session),
  hasFailed: hasFailed(session),
});

/** Those that were under way during a fault whose victim had a living peer, and during none whose victim had not. */
export const besideAPeer = (courses: readonly Course[], faults: readonly FaultSpan[], expected: Expectations): Course[] => {
  const survivable = faults.filter((fault) => hadPeer(fault, expected));
  const others = faults.filter((fault) => !hadPeer(fault, expected));
  return courses.filter(({ acceptedAtMs: from, endedAtMs }) => {
    const during = (some: readonly FaultSpan[]): boolean =>
      faultsDuring(some, from, endedAtMs ?? Number.POSITIVE_INFINITY).length > 0;
    return during(survivable) && !during(others);
  });
};

export const recoveryFrom = (fault: FaultSpan, courses: readonly Course[]): Recovery => {
  const { fromMs } = fault;
  const open = courses.filter(
    (course) => course.acceptedAtMs <= fromMs && (course.endedAtMs ?? Number.POSITIVE_INFINITY) > fromMs,
  );
  const ends = open.flatMap(({ endedAtMs }) => (endedAtMs === null ? [] : [endedAtMs]));
  const decisions = courses.flatMap(({ endedAtMs, hasFailed: failed }) =>
    endedAtMs !== null && endedAtMs > fromMs && !failed ? [endedAtMs] : [],
  );
  const first = decisions.reduce((earliest, one) => Math.min(earliest, one), Number.POSITIVE_INFINITY);
  return {
    fault,
    open: open.length,
    endedAfterMs: ends.length === 0 ? null : Math.round(ends.reduce((latest, one) => Math.max(latest, one), 0) - fromMs),
    decidedAfterMs: Number.isFinite(first) ? Math.round(first - fromMs) : null,
  };
};
