import type { AppendResult, RecordableEvent } from './append/append-result.js';
import type { Verification, VerifyOptions } from './ledger/findings.js';
import type { LedgerHead } from './ledger/heads.js';
import type { AuditFilter, AuditEntry, AuditPage } from './queries/audit.js';
import type { PhaseOverride, PhaseOverrideDraft } from './queries/flags.js';
import type { Accepted, Acceptance, AcceptedIncident } from './queries/incidents.js';
import type { DueSession } from './queries/open-sessions.js';
import type { PoisonedEvent } from './queries/poisoned-events.js';
import type { SessionFilter, SessionPage, SessionSummary } from './queries/sessions.js';
import type { Published } from '@inquest/contracts';

export interface RecordOptions {
  /** Connections at most, default 5. */
  readonly max?: number;
  /** application_name in Postgres. */
  readonly name?: string;
  /** Told of connection errors of idle connections; they are replaced by themselves. */
  readonly onError?: (error: Error) => void;
}

export declare const openRecord: (url: string, options?: RecordOptions) => Promise<SessionRecord>;

export declare class SessionRecord {
  readonly incidents: {
    accept(acceptance: Acceptance): Promise<Accepted>;
    get(incidentId: string): Promise<AcceptedIncident | undefined>;
    /** Accepted more than `olderThanMs` ago, and no `session.opened` on record. Oldest first, at most `limit` (100). */
    stalled(olderThanMs: number, limit?: number): Promise<AcceptedIncident[]>;
  };
  readonly sessions: {
    messages(sessionId: string, afterSeq?: number): Promise<Published[]>;
    list(filter?: SessionFilter): Promise<SessionPage>;
    get(sessionId: string): Promise<SessionSummary | undefined>;
  };
  readonly audit: {
    page(filter: AuditFilter, cursor?: string, limit?: number): Promise<AuditPage>;
    /** Every row that fits, newest first, through a server-side cursor. */
    stream(filter: AuditFilter): AsyncIterable<AuditEntry>;
  };
  readonly openSessions: { due(limit?: number): Promise<DueSession[]>; isOpen(sessionId: string): Promise<boolean> };
  readonly flags: {
    /** The latest override per phase. */
    get(): Promise<Partial<Record<1 | 2, PhaseOverride>>>;
    set(override: PhaseOverrideDraft): Promise<PhaseOverride>;
    history(limit?: number): Promise<PhaseOverride[]>;
  };
  readonly ledger: {
    head(): Promise<LedgerHead | null>;
    heads(limit?: number): Promise<LedgerHead[]>;
    verify(options?: VerifyOptions): Promise<Verification>;
  };
  readonly poisoned: { list(limit?: number): Promise<PoisonedEvent[]> };
  append(events: readonly RecordableEvent[]): Promise<AppendResult>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
