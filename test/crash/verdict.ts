import type { FaultSpan } from './history.js';

/** One violation. `rule` is the name of the rule that found it; `text` a sentence with the ids and times that prove it. */
export interface Finding {
  readonly rule: string;
  /** Null when the fault is not one session's. */
  readonly sessionId: string | null;
  readonly text: string;
}

/** How long the system needed after one fault. Milliseconds since it was injected. */
export interface Recovery {
  readonly fault: FaultSpan;
  /** Sessions that were open when it was injected. */
  readonly open: number;
  /** Until the last of them had its end on record; null when none was open. */
  readonly endedAfterMs: number | null;
  /** Until the first decision was on record; null when none came. */
  readonly decidedAfterMs: number | null;
}

export interface Verdict {
  /** Sessions that were accepted, by the record and by their clients. */
  readonly debates: number;
  /** Of them without an end, though still within their limits. A complete judgement needs none: quiesce first. */
  readonly open: number;
  /** Ended by `session.failed`. */
  readonly failed: number;
  readonly lost: readonly Finding[];
  readonly doubled: readonly Finding[];
  readonly stuck: readonly Finding[];
  readonly unsafe: readonly Finding[];
  /** Sessions with a seat that was degraded or answered for. */
  readonly degraded: number;
  /** Of them those that were under way during a fault whose victim had a living peer. */
  readonly degradedBesideAPeer: number;
  /** Sessions that were under way during such a fault, degraded or not: what `degradedBesideAPeer` is a share of. */
  readonly besideAPeer: number;
  /** How many dead letters, by reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly recovery: readonly Recovery[];
}

/** All findings of a verdict, each with its kind before it: what a failing test prints. */
export const findingsOf = (verdict: Pick<Verdict, 'lost' | 'doubled' | 'stuck' | 'unsafe'>): string[] =>
  (['lost', 'doubled', 'stuck', 'unsafe'] as const).flatMap((kind) =>
    verdict[kind].map(({ rule, sessionId, text }) => `${kind}: ${rule}: ${sessionId ?? 'all'}: ${text}`),
  );
