import type { Outcome, SessionPath, Severity } from '@inquest/contracts';

export interface SessionFilter {
  /** `failed` names sessions that ended by `session.failed`. */
  readonly outcome?: Outcome | 'failed';
  readonly status?: 'open' | 'ended';
  /** 1–200, default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** One line of the sessions list. Times are RFC 3339. */
export interface SessionSummary {
  readonly sessionId: string;
  readonly incidentId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly source: string;
  readonly path: SessionPath;
  /** `accepted`: committed, `session.opened` not recorded yet. */
  readonly status: 'accepted' | 'open' | 'decided' | 'failed';
  readonly outcome: Outcome | 'failed' | null;
  readonly gate: number | null;
  readonly confidence: number | null;
  readonly degraded: boolean;
  readonly acceptedAt: string;
  readonly endedAt: string | null;
  /** Events on record. */
  readonly events: number;
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** Cursor of the following page; null on the last one. */
  readonly next: string | null;
}
