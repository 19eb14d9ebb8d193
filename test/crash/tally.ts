import type { History } from './history.js';
import type { Finding, Recovery, Verdict } from './verdict.js';

/** What became of one kind of harm to one victim. */
export interface Cell {
  readonly name: string;
  readonly victim: string;
  runs: number;
  lost: number;
  doubled: number;
  stuck: number;
  unsafe: number;
}

/** Sums over any number of drills. */
export class Tally {
  readonly cells = new Map<string, Cell>();
  readonly recoveries: Recovery[] = [];
  readonly findings: string[] = [];
  readonly deadLetters: Record<string, number> = {};
  private readonly counts: Record<Kind, number> = { lost: 0, doubled: 0, stuck: 0, unsafe: 0 };
  private readonly sums = { debates: 0, kills: 0, degraded: 0, besideAPeer: 0, degradedBesideAPeer: 0, failed: 0 };

  /** Harm that was meant and did not come about: a point that nobody passed in time. */
  readonly missed: string[] = [];

  /** A finding counts for every fault that was on while its session lived; one of no session counts for the drill alone. */
  add(verdict: Verdict, history: History, kills: number): void {
    const { debates, degraded, besideAPeer, degradedBesideAPeer, failed } = verdict;
    for (const [key, value] of Object.entries({ debates, kills, degraded, besideAPeer, degradedBesideAPeer, failed }))
      this.sums[key as keyof typeof this.sums] += value;
    for (const [reason, count] of Object.entries(verdict.deadLetters))
      this.deadLetters[reason] = (this.deadLetters[reason] ?? 0) + count;
    this.recoveries.push(...verdict.recovery);
    const bornMs = new Map(history.acceptances.map(({ sessionId, atMs }) => [sessionId, atMs]));
    for (const { name, victim, fromMs, toMs } of history.faults) {
      const cell = this.cellOf(name, victim);
      const during = ({ sessionId }: Finding): boolean => {
        const born = sessionId === null ? undefined : bornMs.get(sessionId);
        return born !== undefined && born <= toMs && born >= fromMs - LIFETIME_MS;
      };
      cell.runs += 1;
      for (const kind of KINDS) cell[kind] += verdict[kind].filter(during).length;
    }
    for (const kind of KINDS)
      for (const { rule, sessionId, text } of verdict[kind]) this.findings.push(`${kind}: ${rule}: ${sessionId ?? '-'}: ${text}`);
    for (const kind of KINDS) this.counts[kind] += verdict[kind].length;
  }

  figures(): Figures {
    return { ...this.sums, ...this.counts };
  }

  private cellOf(name: string, victim: string): Cell {
    const key = `${name} ${victim}`;
    const cell = this.cells.get(key) ?? { name, victim, runs: 0, lost: 0, doubled: 0, stuck: 0, unsafe: 0 };
    this.cells.set(key, cell);
    return cell;
  }
}

const KINDS = ['lost', 'doubled', 'stuck', 'unsafe'] as const;
type Kind = (typeof KINDS)[number];
/** As long as a debate may take. */
const LIFETIME_MS = 30_000;

export interface Figures extends Readonly<Record<Kind, number>> {
  readonly debates: number;
  /** SIGKILLs of services. */
  readonly kills: number;
  /** Debates in which a seat was degraded or answered for. */
  readonly degraded: number;
  readonly failed: number;
  /** Debates under way during the death of a service that had a living peer. */
  readonly besideAPeer: number;
  readonly degradedBesideAPeer: number;
}
