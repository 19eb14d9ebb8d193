import { z } from 'zod';
import { message } from './envelope.js';
import { EvidenceSnapshot } from './evidence-snapshot.js';
import { Incident } from './incident.js';

/** How a session is answered: by the debate, by one call (`single`), or by people at once (`escalate`, phase 1 off). */
export const SessionPath = z.enum(['debate', 'single', 'escalate']);
export type SessionPath = z.infer<typeof SessionPath>;

/** Milliseconds: one role's time to answer, counted from the publication of its question; and the whole debate's. */
export const Limits = z.object({
  turnMs: z.int().min(50).max(600_000).default(5_000),
  debateMs: z.int().min(100).max(3_600_000).default(30_000),
});
export type Limits = z.infer<typeof Limits>;

/** What the gateway opens a session with: everything that the answer may depend on. */
export const SessionOpening = z.object({
  incident: Incident,
  evidence: EvidenceSnapshot,
  limits: Limits,
  path: SessionPath,
  /** Whether the operator lets gate 6 execute without a person; fixed for the session when it opens. */
  autoExecuteEnabled: z.boolean().default(false),
});
export type SessionOpening = z.infer<typeof SessionOpening>;

/** The gateway opens a session: an incident was verified, committed and looked at. */
export const SessionOpened = message('session.opened', SessionOpening);
export type SessionOpened = z.infer<typeof SessionOpened>;
