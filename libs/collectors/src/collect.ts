import { DIMENSIONS, emptySnapshot, type EvidenceSnapshot, type Incident } from '@inquest/contracts';
import { itemOf, type Collected, type Collector } from './collector.js';
import { failureOf, SourceFailure } from './http/source-failure.js';
import { subjectOf, type Subject } from './subject.js';

/** Of one dimension, as the contract has it. */
const ITEMS_MAX = 200;
const ID_MAX = 128;
/** Of all that is collected for one incident, as JSON. Everything in it is later stored, hashed and shown to five roles. */
const TOTAL_MAX = 1_000_000;
/** A collector that has not ended this long after its deadline is given up. */
const GRACE_MS = 100;

/**
 * Asks all collectors at once. Each has the same time; one that overruns it, breaks or hangs costs the others nothing and is
 * evidence of that itself. Resolves within `withinMs` and never rejects.
 */
export const collect = async (
  collectors: readonly Collector[],
  incident: Incident,
  { withinMs, nowMs = Date.now() }: { readonly withinMs: number; readonly nowMs?: number },
): Promise<Collected[]> => {
  const subject = subjectOf(incident, nowMs);
  const found = await Promise.all(collectors.map((collector) => inTime(collector, subject, Math.max(1, withinMs - GRACE_MS))));
  return bounded(found.flat());
};

const inTime = async (collector: Collector, subject: Subject, withinMs: number): Promise<Collected[]> => {
  const deadline = new AbortController();
  let hung: NodeJS.Timeout | undefined;
  const late = setTimeout(() => deadline.abort(), withinMs);
  const givenUp = new Promise<never>((_resolve, reject) => {
    const fault = new SourceFailure('error', 'It did not end in time.');
    hung = setTimeout(() => reject(fault), withinMs + GRACE_MS);
  });
  try {
    return await Promise.race([collector.collect(subject, deadline.signal), givenUp]);
  } catch (error) {
    return [failed(collector, failureOf(error, deadline.signal))];
  } finally {
    clearTimeout(late);
    clearTimeout(hung);
  }
};

const failed = ({ name, dimension }: Pick<Collector, 'name' | 'dimension'>, { status, message }: SourceFailure): Collected =>
  itemOf(
    { id: `${name}-failed`, dimension, kind: 'collector', title: `Nothing came from ${name}`, tool: name, invocation: '' },
    status,
    { text: message },
  );

/** What every collector would have been asked, had there been time or room: evidence that nobody looked. */
export const notCollected = (collectors: readonly Collector[], why: string): Collected[] =>
  collectors.map((collector) => failed(collector, new SourceFailure('error', why)));

/** What does not fit any more is named and left out. */
const bounded = (collected: readonly Collected[]): Collected[] => {
  let total = 0;
  return collected.map(({ dimension, item }) => {
    const { text, json, series, ...rest } = item;
    const size = JSON.stringify([text, json, series]).length;
    total += size;
    if (total <= TOTAL_MAX) return { dimension, item };
    total -= size;
    const left = 'It was left out, as there was too much evidence altogether.';
    return { dimension, item: { ...rest, status: 'truncated', text: left, cutBytes: (item.cutBytes ?? 0) + size } };
  });
};

export const snapshotOf = (collected: readonly Collected[]): EvidenceSnapshot => {
  const snapshot = emptySnapshot();
  for (const { dimension, item } of collected) snapshot[dimension].push(item);
  return snapshot;
};

/** What came with the incident stays as it is and goes first; ids of what was collected are made unique beside it. */
export const merged = (own: EvidenceSnapshot, collected: EvidenceSnapshot): EvidenceSnapshot => {
  const taken = new Set(DIMENSIONS.flatMap((dimension) => own[dimension].map(({ id }) => id)));
  const both = emptySnapshot();
  for (const dimension of DIMENSIONS) {
    const added = collected[dimension].map((item) => ({ ...item, id: unique(item.id, taken) }));
    both[dimension] = [...own[dimension], ...added].slice(0, Math.max(ITEMS_MAX, own[dimension].length));
  }
  return both;
};

const unique = (id: string, taken: Set<string>): string => {
  const short = id.slice(0, ID_MAX - 8);
  let name = short;
  for (let copy = 2; taken.has(name); copy += 1) name = `${short}-${copy}`;
  taken.add(name);
  return name;
};
