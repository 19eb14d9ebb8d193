import type { Dimension, EvidenceItem } from '@inquest/contracts';
import { failureOf } from './http/source-failure.js';
import type { Subject } from './subject.js';

export type Json = Exclude<EvidenceItem['json'], undefined>;

/** One piece of evidence and where it belongs. Not cleaned and not cut: it holds whatever the source has said. */
export interface Collected {
  readonly dimension: Dimension;
  readonly item: EvidenceItem;
}

/** Asks one source about an incident. Reads and changes nothing. */
export interface Collector {
  readonly name: string;
  /** Where it is missed when it fails altogether. */
  readonly dimension: Dimension;
  /** Ends at the signal with what it has by then. A question that failed is evidence with that status and not an exception. */
  collect(subject: Subject, signal: AbortSignal): Promise<Collected[]>;
}

/** What is known of an item before its question is answered. */
export interface Question {
  readonly id: string;
  readonly dimension: Dimension;
  readonly kind: string;
  readonly title: string;
  readonly tool: string;
  /** The question as it was asked. */
  readonly invocation: string;
}

export type Found = Pick<EvidenceItem, 'text' | 'json' | 'series' | 'cutBytes'>;

const INVOCATION_MAX = 2_000;

/** The evidence that a question gives: what was found, `no-data` when that is nothing, or why it could not be answered. */
export const evidenceOf = async (
  question: Question,
  signal: AbortSignal,
  answer: () => Promise<Found | undefined>,
): Promise<Collected> => {
  try {
    const found = await answer();
    if (!found) return itemOf(question, 'no-data', {});
    return itemOf(question, found.cutBytes === undefined ? 'ok' : 'truncated', found);
  } catch (error) {
    const { status, message } = failureOf(error, signal);
    return itemOf(question, status, { text: message });
  }
};

export const itemOf = (
  { id, dimension, kind, title, tool, invocation }: Question,
  status: EvidenceItem['status'],
  found: Found,
): Collected => ({
  dimension,
  item: {
    ...{ id, status, title, kind, tool, trusted: true, invocation: invocation.slice(0, INVOCATION_MAX) },
    collectedAt: new Date().toISOString(),
    ...found,
  },
});
