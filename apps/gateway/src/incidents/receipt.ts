import type { Signal } from '@inquest/intake';
import { z } from 'zod';
import type { Cleaning } from './cleaning.js';
import type { Taken } from './reception.js';

/** What became of one alert of a request. Only `opened` and `duplicate` have a session; the others say why not. */
export const AlertResult = z.object({
  result: z.enum(['opened', 'duplicate', 'resolved', 'silenced', 'watchdog', 'ignored', 'refused', 'filtered']),
  title: z.string(),
  fingerprint: z.string(),
  reason: z.string().optional(),
  incidentId: z.uuid().optional(),
  sessionId: z.uuid().optional(),
});
export type AlertResult = z.infer<typeof AlertResult>;

/** The answer to a request that brought incidents: everything that it says is committed. */
export const ReceiptBody = z.object({
  /** Of the first alert that has a session; null when none has. */
  incidentId: z.uuid().nullable(),
  sessionId: z.uuid().nullable(),
  results: z.array(AlertResult),
  notes: z.array(z.string()),
});
export type ReceiptBody = z.infer<typeof ReceiptBody>;

export const resultOf = ({ result, title, fingerprint, incidentId, sessionId }: Taken): AlertResult => ({
  result,
  title,
  fingerprint,
  incidentId,
  sessionId,
});

export const unopened = (
  { kind, title, fingerprint, reason }: Exclude<Signal, { kind: 'firing' }>,
  cleaning: Cleaning,
): AlertResult => ({
  result: kind,
  title: cleaning.text(title),
  fingerprint: cleaning.fingerprint(fingerprint),
  reason: cleaning.text(reason),
});

export const receiptOf = (results: readonly AlertResult[], notes: readonly string[]): ReceiptBody => {
  const first = results.find(({ sessionId }) => sessionId !== undefined);
  return { incidentId: first?.incidentId ?? null, sessionId: first?.sessionId ?? null, results: [...results], notes: [...notes] };
};
