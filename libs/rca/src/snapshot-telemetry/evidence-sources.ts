import { unique } from '../facts/text.js';

/** Which items of the snapshot hold what was measured, so that what the engine found can be cited. */
export class EvidenceSources {
  readonly #byPointer = new Map<string, string[]>();
  readonly #byService = new Map<string, string[]>();

  /** @param pointer Metric, operation or log template, as the engine gets it. */
  add(service: string, pointer: string, id: string): void {
    note(this.#byPointer, `${service}\0${pointer}`, id);
    note(this.#byService, service, id);
  }

  /** Items that hold just this, else those that hold anything about the service; empty when none does. */
  idsFor(service: string, pointer: string): string[] {
    return unique(this.#byPointer.get(`${service}\0${pointer}`) ?? this.#byService.get(service) ?? []).slice(0, 5);
  }
}

const note = (ids: Map<string, string[]>, key: string, id: string): void => {
  const known = ids.get(key);
  if (known === undefined) ids.set(key, [id]);
  else if (!known.includes(id)) known.push(id);
};
