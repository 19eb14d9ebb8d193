import type { SessionPath } from '@inquest/contracts';

/** An open session that should have moved by now. Times are RFC 3339. */
export interface DueSession {
  readonly sessionId: string;
  readonly incidentId: string;
  readonly path: SessionPath;
  readonly acceptedAt: string;
  /** When Redis took in `session.opened`; null when its row is not committed. */
  readonly openedAt: string | null;
  /** `openedAt` (else `acceptedAt`) plus the session's limit. */
  readonly deadlineAt: string;
  readonly hasOpened: boolean;
}
