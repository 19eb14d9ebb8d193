import { z } from 'zod';
import { prose, shortText } from './bounds.js';
import { message } from './envelope.js';

/** Why a session could not be decided: only its own data can be the reason. */
export const Failure = z.object({
  code: z.enum(['unreadable', 'unrecordable', 'poisoned']),
  reason: shortText(1_000),
  detail: prose().default(''),
});
export type Failure = z.infer<typeof Failure>;

/** Said by coordinator or recorder, and only when the session's own data cannot be read or stored. */
export const SessionFailed = message('session.failed', Failure);
export type SessionFailed = z.infer<typeof SessionFailed>;
