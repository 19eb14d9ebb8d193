/** Who calls whom, as observed. Cycles and self-calls are allowed. */
export class CallGraph {
  readonly #callees = new Map<string, Set<string>>();
  readonly #reachable = new Map<string, ReadonlySet<string>>();

  constructor(calls: readonly (readonly [caller: string, callee: string])[]) {
    for (const [caller, callee] of calls) {
      if (caller === callee) continue;
      const callees = this.#callees.get(caller) ?? new Set();
      this.#callees.set(caller, callees.add(callee));
    }
  }

  callees(service: string): ReadonlySet<string> {
    return this.#callees.get(service) ?? new Set();
  }

  /** Everything a service depends on, at any distance, without itself. */
  below(service: string): ReadonlySet<string> {
    const known = this.#reachable.get(service);
    if (known) return known;
    const seen = new Set<string>();
    const left = [service];
    for (let next = left.pop(); next !== undefined; next = left.pop())
      for (const callee of this.callees(next))
        if (!seen.has(callee)) {
          seen.add(callee);
          left.push(callee);
        }
    seen.delete(service);
    this.#reachable.set(service, seen);
    return seen;
  }

  /**
   * A symptom that a broken callee shows as well says little about its callers: every score loses `share` of the highest one below
   * it, at any distance. Only for symptoms that travel up a call (errors, lost steps), never for a service's own resources.
   */
  explainAway(scores: ReadonlyMap<string, number>, share: number): Map<string, number> {
    const left = new Map<string, number>();
    for (const [service, score] of scores) {
      const highest = Math.max(0, ...[...this.below(service)].map((callee) => scores.get(callee) ?? 0));
      left.set(service, Math.max(0, score - share * highest));
    }
    return left;
  }
}
