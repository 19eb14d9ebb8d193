import type { Mind, Usage, Vote } from '@inquest/contracts';
import type { Logger } from '@inquest/telemetry';
import type { Span } from '@opentelemetry/api';

/** What a role says when its turn comes; the shell adds ids, hashes, times and the trace. */
export interface Answer<D> {
  readonly data: D;
  readonly mind: Mind;
  readonly degraded: boolean;
  /** Null when there was nothing to vote on. */
  readonly vote: Vote | null;
  readonly promptHash?: string | null;
  readonly usage?: Usage | null;
  /** `SafetyRules.version` where rules of operators took part in it. */
  readonly rulesVersion?: string;
}

/** The circumstances of one turn. */
export interface Turn {
  readonly sessionId: string;
  /** Aborts shortly before the turn's deadline, in time to publish what the rules found. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** The turn's own, around whatever is asked of a model. */
  readonly span: Span;
}
