import type { CallGraph } from '../call-graph.js';
import { WEIGHTS } from '../engine-weights.js';
import { surpriseOf, type LostStep } from './lost-steps.js';
import type { TracedLine } from './traced-lines.js';

/** A caller's line that comes when it has its answer, and what the callee nearly always logs in such a trace. */
export interface UsualAnswer {
  caller: string;
  callee: string;
  step: string;
  /** Share of the traces with the caller's line that hold each of the callee's. */
  rates: ReadonlyMap<string, number>;
}

/** Answers are told by the caller's lines that come right after one of its callee's. */
export const usualInCalls = (traces: readonly (readonly TracedLine[])[], calls: CallGraph): UsualAnswer[] => {
  const { together, usualMin } = WEIGHTS.lostSteps;
  const answers = new Map<string, Omit<UsualAnswer, 'rates'>>();
  for (const lines of traces)
    lines.forEach(({ service: caller, step }, index) => {
      const callee = lines[index - 1]?.service;
      if (callee !== undefined && callee !== caller && calls.callees(caller).has(callee))
        answers.set(`${caller}\0${callee}\0${step}`, { caller, callee, step });
    });
  const runs = runsByAnswer(traces);
  return [...answers.values()].flatMap((answer) => {
    const own = calleesRuns(runs, answer);
    if (own.length < usualMin) return [];
    const counts = new Map<string, number>();
    for (const run of own) for (const step of run) counts.set(step, (counts.get(step) ?? 0) + 1);
    const rates = new Map(
      [...counts].flatMap(([step, both]) => (both >= together * own.length ? [[step, both / own.length]] : [])),
    );
    return rates.size > 0 ? [{ ...answer, rates }] : [];
  });
};

/**
 * The caller has its answer and goes on as ever, but the callee no longer does what it did for it: it, and not its caller, broke off.
 * Found across services, since a service that fails in its only step leaves none of its own to compare with.
 */
export const lostInCalls = (traces: readonly (readonly TracedLine[])[], usual: readonly UsualAnswer[]): LostStep[] => {
  const runs = runsByAnswer(traces);
  return usual.flatMap((answer) => {
    const own = calleesRuns(runs, answer);
    if (own.length < WEIGHTS.lostSteps.duringMin) return [];
    return [...answer.rates].flatMap(([lost, rate]) => {
      const surprise = surpriseOf(own, lost, rate);
      return surprise > 0 ? [{ service: answer.callee, step: `${answer.step} of ${answer.caller}`, lost, surprise }] : [];
    });
  });
};

/** Steps by service of one trace. */
type TraceSteps = ReadonlyMap<string, ReadonlySet<string>>;

/** Traces by caller and step. */
const runsByAnswer = (traces: readonly (readonly TracedLine[])[]): Map<string, TraceSteps[]> => {
  const runs = new Map<string, TraceSteps[]>();
  for (const lines of traces) {
    const steps = new Map<string, Set<string>>();
    for (const { service, step } of lines) steps.set(service, (steps.get(service) ?? new Set()).add(step));
    for (const [service, own] of steps)
      for (const step of own) {
        const key = `${service}\0${step}`;
        const known = runs.get(key);
        if (known) known.push(steps);
        else runs.set(key, [steps]);
      }
  }
  return runs;
};

const NOTHING: ReadonlySet<string> = new Set();

const calleesRuns = (
  runs: ReadonlyMap<string, readonly TraceSteps[]>,
  { caller, callee, step }: Omit<UsualAnswer, 'rates'>,
): ReadonlySet<string>[] => (runs.get(`${caller}\0${step}`) ?? []).map((steps) => steps.get(callee) ?? NOTHING);
