import type { OperationSums, Span, SpanWindow } from '../telemetry-evidence.js';

/** What one operation did when called by one operation of one caller, over some windows. */
export interface CallSums {
  service: string;
  operation: string;
  caller: string;
  callerOperation: string;
  count: number;
  selfMs: number;
}

const keyOf = ({ service, operation, caller, callerOperation }: Omit<CallSums, 'count' | 'selfMs'>): string =>
  `${service}\0${operation}\0${caller}\0${callerOperation}`;

/** Spans of some windows, summed up. */
export class TraceWindow {
  readonly calls = new Map<string, CallSums>();
  /** How often each operation ran, by `operationKey`. */
  readonly operations = new Map<string, number>();
  readonly spans: readonly (readonly Span[])[];

  constructor(windows: readonly SpanWindow[]) {
    this.spans = windows.map(({ spans }) => spans);
    for (const { operations } of windows)
      for (const row of operations) if (row.count > 0 && Number.isFinite(row.selfMeanMs)) this.#add(row);
  }

  get isEmpty(): boolean {
    return this.calls.size === 0;
  }

  #add({ service, operation, caller, callerOperation, count, selfMeanMs }: OperationSums): void {
    const key = keyOf({ service, operation, caller, callerOperation });
    const known = this.calls.get(key) ?? { service, operation, caller, callerOperation, count: 0, selfMs: 0 };
    known.count += count;
    known.selfMs += count * selfMeanMs;
    this.calls.set(key, known);
    const name = operationKey(service, operation);
    this.operations.set(name, (this.operations.get(name) ?? 0) + count);
  }
}

export const operationKey = (service: string, operation: string): string => `${service}\0${operation}`;

/**
 * Which services a client-side operation calls. The time between such a span and its child on the server is spent on the wire or
 * waiting, not in the caller's code.
 */
export const calledServices = (windows: readonly TraceWindow[]): Map<string, Set<string>> => {
  const called = new Map<string, Set<string>>();
  for (const { calls } of windows)
    for (const { service, caller, callerOperation } of calls.values()) {
      if (caller === '' || caller === service) continue;
      const key = operationKey(caller, callerOperation);
      called.set(key, (called.get(key) ?? new Set()).add(service));
    }
  return called;
};

/** Spans before, during and in the reference of one incident. */
export interface TraceEvidence {
  during: TraceWindow;
  before: TraceWindow;
  reference: TraceWindow;
  called: ReadonlyMap<string, ReadonlySet<string>>;
}
