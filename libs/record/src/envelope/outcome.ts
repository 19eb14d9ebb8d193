import { z } from 'zod';

/** What of a message's data has columns of its own, so that it can be searched. */
export interface SearchableOutcome {
  readonly outcome: string | null;
  readonly gate: number | null;
  readonly confidence: number | null;
}

const Confident = z.object({ confidence: z.number().min(0).max(1) });
const Decided = z.object({
  outcome: z.string().min(1).max(40),
  gate: z.int().min(1).max(6),
  confidence: z.number().min(0).max(1),
});

const NOTHING: SearchableOutcome = { outcome: null, gate: null, confidence: null };

/** Data that does not fit its contract gives nothing to search for; its readers will say what is wrong with it. */
export const outcomeOf = (type: string, data: unknown): SearchableOutcome => {
  switch (type) {
    case 'decision.made':
      return Decided.safeParse(data).data ?? NOTHING;
    case 'session.failed':
      return { ...NOTHING, outcome: 'failed' };
    case 'diagnosis.reported':
      return { ...NOTHING, confidence: Confident.safeParse(data).data?.confidence ?? null };
    default:
      return NOTHING;
  }
};
