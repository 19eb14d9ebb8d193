import { Outcome, Role } from '@inquest/contracts';
import { z } from 'zod';

export const Limit = z.coerce.number().int().min(1).max(200).default(50);
/** Opaque: `next` of the page before. */
export const Cursor = z.string().min(1).max(2_000).optional();
const EndedAs = z.enum([...Outcome.options, 'failed']).optional();

const OFFSET_MAX = /(Z|[+-](0\d|1[0-4]):\d\d)$/;

/** A moment that PostgreSQL knows, with an offset that exists on Earth. */
const Moment = z.iso
  .datetime({ offset: true, abort: true })
  .refine((text) => OFFSET_MAX.test(text) && /^(19[7-9]|2\d\d)\d-/.test(text), 'expected a time of the years 1970 to 2999');

export const SessionRef = z.object({ id: z.uuid() });
export type SessionRef = z.infer<typeof SessionRef>;

// Strict: a filter that is misspelt must not look as if it had found everything.
export const SessionsQuery = z.strictObject({
  outcome: EndedAs,
  status: z.enum(['open', 'ended']).optional(),
  limit: Limit,
  cursor: Cursor,
});
export type SessionsQuery = z.infer<typeof SessionsQuery>;

export const AuditQuery = z.strictObject({
  sessionId: z.uuid().optional(),
  incidentId: z.uuid().optional(),
  role: Role.optional(),
  outcome: EndedAs,
  /** Words, as in a web search. */
  cause: z.string().trim().min(1).max(200).optional(),
  from: Moment.optional(),
  to: Moment.optional(),
  degraded: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  limit: Limit,
  cursor: Cursor,
});
export type AuditQuery = z.infer<typeof AuditQuery>;
