import { WEIGHTS } from '../engine-weights.js';
import type { LogEvidence, SpanWindow } from '../telemetry-evidence.js';

/** A step that goes on while what usually accompanies it has stopped. */
export interface LostStep {
  service: string;
  step: string;
  lost: string;
  /** How surprising it is to see none of it: the expected count, capped. */
  surprise: number;
}

/** Runs of each service, one per trace that it took part in, as the steps it took. */
export type Runs = ReadonlyMap<string, readonly ReadonlySet<string>[]>;

/** By service and step: in how many runs it is usual, and what nearly always comes with it, with its rate. */
export type UsualSteps = ReadonlyMap<string, ReadonlyMap<string, readonly Companion[]>>;

export interface Companion {
  step: string;
  /** Share of the runs with the one that have the other too. */
  rate: number;
}

export const usualSteps = (reference: Runs): UsualSteps => {
  const { together, usualMin } = WEIGHTS.lostSteps;
  const usual = new Map<string, ReadonlyMap<string, readonly Companion[]>>();
  for (const [service, runs] of reference) {
    const companions = new Map<string, readonly Companion[]>();
    for (const [step, own] of runsByStep(runs)) {
      if (own.length < usualMin) continue;
      const rates = [...stepCounts(own)].map(([other, both]) => ({ step: other, rate: both / own.length }));
      companions.set(
        step,
        rates.filter(({ step: other, rate }) => other !== step && rate >= together),
      );
    }
    usual.set(service, companions);
  }
  return usual;
};

/**
 * Steps are places in the code (the log line's `class#line` where it has one, else its template) and started operations. If A goes on
 * and B, which nearly always came with it in the reference, has stopped, A's service broke off between them. Seeing none where L are
 * expected has probability exp(-L): L nats. After Nezha (FSE'23), which mines such patterns.
 */
export const lostSteps = (during: Runs, reference: UsualSteps): LostStep[] => {
  const found: LostStep[] = [];
  for (const [service, usual] of reference)
    for (const [step, runs] of runsByStep(during.get(service) ?? [])) {
      if (runs.length < WEIGHTS.lostSteps.duringMin) continue;
      for (const { step: lost, rate } of usual.get(step) ?? []) {
        const surprise = surpriseOf(runs, lost, rate);
        if (surprise > 0) found.push({ service, step, lost, surprise });
      }
    }
  return found;
};

export const surpriseOf = (runs: readonly ReadonlySet<string>[], lost: string, rate: number): number => {
  const { leftShare, cap } = WEIGHTS.lostSteps;
  const mostSeen = leftShare * rate * runs.length;
  let seen = 0;
  for (const run of runs) if (run.has(lost) && (seen += 1) > mostSeen) return 0;
  const left = seen / runs.length / rate;
  return Math.min(cap, rate * (1 - left) * runs.length * (1 - left));
};

const runsByStep = (runs: readonly ReadonlySet<string>[]): Map<string, ReadonlySet<string>[]> => {
  const by = new Map<string, ReadonlySet<string>[]>();
  for (const run of runs)
    for (const step of run) {
      const known = by.get(step);
      if (known) known.push(run);
      else by.set(step, [run]);
    }
  return by;
};

const stepCounts = (runs: readonly ReadonlySet<string>[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const run of runs) for (const step of run) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
};

/** Runs from log lines and spans between two moments. */
export const runsOf = (logs: LogEvidence, windows: readonly SpanWindow[], sinceMs: number, untilMs = Infinity): Runs => {
  const byService = new Map<string, Map<number, Set<string>>>();
  const note = (service: string, trace: number, step: string): void => {
    let traces = byService.get(service);
    if (!traces) byService.set(service, (traces = new Map<number, Set<string>>()));
    const steps = traces.get(trace);
    if (steps) steps.add(step);
    else traces.set(trace, new Set([step]));
  };
  const isDuring = (atMs: number): boolean => atMs >= sinceMs && atMs < untilMs;
  const places = logs.templates.map(({ service, level, template }) => ({
    service,
    step: IS_ERROR.test(level) ? undefined : placeOf(template),
  }));
  for (const { atMs, template, trace } of logs.events) {
    const place = places[template];
    if (place?.step !== undefined && trace >= 0 && isDuring(atMs)) note(place.service, trace, place.step);
  }
  for (const { spans } of windows)
    for (const { startMs, trace, service, operation, parent } of spans)
      if (isDuring(startMs) && !HANDLES_ERRORS.test(operation))
        note(service, trace, `op:${operation}<-${spans[parent]?.operation ?? ''}`);
  return new Map([...byService].map(([service, traces]) => [service, [...traces.values()]]));
};

/** Levels of lines that tell of a failure. */
export const IS_ERROR = /ERROR|FATAL|CRITICAL|PANIC|SEVERE/i;

/** An error that no longer happens is no loss, so error lines and the operations that serve errors are no steps. */
export const HANDLES_ERRORS = /error|exception|fallback/i;

/** The place in the code where the line carries one: its wording may differ between branches, its place does not. */
export const placeOf = (template: string): string => /^\S+#\d+/.exec(template)?.[0] ?? template;
