import type { Envelope, Outcome, Role } from '@inquest/contracts';

export interface AuditFilter {
  readonly sessionId?: string;
  readonly incidentId?: string;
  readonly role?: Role;
  readonly outcome?: Outcome | 'failed';
  /** Recorded at or after, RFC 3339. */
  readonly from?: string;
  /** Recorded before, RFC 3339. */
  readonly to?: string;
  readonly degraded?: boolean;
}

/** One row of `agent_sessions`: the message exactly as published (its hash still fits) and its place. */
export interface AuditEntry {
  readonly seq: number;
  readonly streamId: string;
  /** When it was recorded: RFC 3339, UTC, microseconds. */
  readonly createdAt: string;
  readonly outcome: Outcome | 'failed' | null;
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly traceId: string | null;
  readonly message: Envelope;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
}
