import { Outcome, Role } from '@inquest/contracts';
import { z } from 'zod';

const Limit = z.coerce.number().int().min(1).max(200).default(50);
/** Opaque: `next` of the page before. */
const Cursor = z.string().min(1).max(2_000).optional();
const EndedAs = z.enum([...Outcome.options, 'failed']).optional();

export const SessionRef = z.object({ id: z.uuid() });
export type SessionRef = z.infer<typeof SessionRef>;

export const SessionsQuery = z.object({
  outcome: EndedAs,
  status: z.enum(['open', 'ended']).optional(),
  limit: Limit,
  cursor: Cursor,
});
export type SessionsQuery = z.infer<typeof SessionsQuery>;

export const AuditQuery = z.object({
  sessionId: z.uuid().optional(),
  incidentId: z.uuid().optional(),
  role: Role.optional(),
  outcome: EndedAs,
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  degraded: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  limit: Limit,
  cursor: Cursor,
});
export type AuditQuery = z.infer<typeof AuditQuery>;
