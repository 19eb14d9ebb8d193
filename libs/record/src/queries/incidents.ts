import type { EvidenceSnapshot, Incident, Limits, SessionPath } from '@inquest/contracts';

/** What the gateway wants committed before it answers 202. */
export interface Acceptance {
  readonly incident: Incident;
  /** Evidence that came with the incident; the gateway may add to it before it opens the session. */
  readonly evidence: EvidenceSnapshot;
  readonly idempotencyKey?: string;
  /** The request's body as received. */
  readonly raw?: Uint8Array | string;
  readonly path: SessionPath;
  readonly limits: Limits;
  readonly traceparent?: string;
}

export interface Accepted {
  /** `duplicate`: the key, or source + fingerprint + start, was accepted before; the ids are those of then. */
  readonly status: 'accepted' | 'duplicate';
  readonly incidentId: string;
  readonly sessionId: string;
  /** RFC 3339, UTC, microseconds. */
  readonly createdAt: string;
}

/** An incident as accepted. */
export interface AcceptedIncident {
  readonly incidentId: string;
  readonly sessionId: string;
  readonly incident: Incident;
  readonly evidence: EvidenceSnapshot;
  readonly path: SessionPath;
  readonly limits: Limits;
  readonly traceparent: string | null;
  readonly createdAt: string;
}

/** The idempotency key was used before for another incident. A client error: the key must change, or the body. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  constructor(readonly incidentId: string) {
    super(`This Idempotency-Key was already used for another incident (${incidentId}); send the new incident with a new key.`);
  }
}
