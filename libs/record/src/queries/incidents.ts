import { EvidenceSnapshot, Incident, Limits, SessionPath, wellFormed } from '@inquest/contracts';
import { v7 } from 'uuid';
import { z } from 'zod';
import type { DataSource, EntityManager } from 'typeorm';
import { IncidentEntity } from '../entities/incident.entity.js';
import { OpenSessionEntity } from '../entities/open-session.entity.js';

/** What the gateway wants committed before it answers 202. */
export interface Acceptance {
  readonly incident: Incident;
  /** Evidence that came with the incident; the gateway may add to it before it opens the session. */
  readonly evidence: EvidenceSnapshot;
  readonly idempotencyKey?: string | undefined;
  /** The request's body as received. */
  readonly raw?: Uint8Array | string | undefined;
  readonly path: SessionPath;
  readonly limits: Limits;
  readonly traceparent?: string | undefined;
}

export interface Accepted {
  /** `duplicate`: the key, or source + fingerprint + start, was accepted before; the ids are those of then. */
  readonly status: 'accepted' | 'duplicate';
  /** What a duplicate was recognised by. With `key`, whether the rest of the request is the same is for the caller to compare. */
  readonly by?: 'key' | 'problem';
  readonly incidentId: string;
  readonly sessionId: string;
  /** RFC 3339. */
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
  /** RFC 3339. */
  readonly createdAt: string;
}

/** The idempotency key was used before for another incident. A client error: the key must change, or the body. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  constructor(readonly incidentId: string) {
    super(`This Idempotency-Key was already used for another incident (${incidentId}); send the new incident with a new key.`);
  }
}

/** What somebody told us, committed before they are told that we have it. */
export class Incidents {
  constructor(private readonly source: DataSource) {}

  /**
   * Commits the incident and its open session in one transaction. Safe to repeat: the same key, or the same problem
   * (source, fingerprint, start), gives the ids of the first time.
   * @throws {IdempotencyKeyReusedError}
   */
  async accept(acceptance: Acceptance): Promise<Accepted> {
    return this.source.transaction(async (manager) => {
      const fresh = incidentOf(acceptance);
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(IncidentEntity)
        .values(fresh)
        .orIgnore()
        .returning('id')
        .execute();
      if (z.array(z.unknown()).parse(inserted.raw).length === 0) return duplicateOf(manager, fresh);
      await manager.insert(OpenSessionEntity, {
        sessionId: fresh.sessionId,
        incidentId: fresh.id,
        path: fresh.path,
        turnMs: acceptance.limits.turnMs,
        debateMs: acceptance.limits.debateMs,
        acceptedAt: fresh.createdAt,
      });
      return acceptedOf('accepted', fresh);
    });
  }

  async get(incidentId: string): Promise<AcceptedIncident | undefined> {
    const found = await this.source.getRepository(IncidentEntity).findOneBy({ id: incidentId });
    return found ? read(found) : undefined;
  }

  /** Accepted more than `olderThanMs` ago, and `session.opened` is not on record: the gateway died in between. Oldest first. */
  async stalled(olderThanMs: number, limit = 100): Promise<AcceptedIncident[]> {
    const found = await this.source
      .getRepository(IncidentEntity)
      .createQueryBuilder('incident')
      .innerJoin(OpenSessionEntity, 'open', 'open.session_id = incident.session_id')
      .where(`open.accepted_at < clock_timestamp() - :olderThanMs * interval '1 millisecond'`, { olderThanMs })
      .andWhere(`NOT EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = open.session_id AND s.slot = 'opened')`)
      .orderBy('open.accepted_at')
      .limit(limit)
      .getMany();
    return found.map(read);
  }
}

type FreshIncident = Omit<IncidentEntity, 'raw'> & { raw: Buffer | null };

const incidentOf = (acceptance: Acceptance): FreshIncident => {
  const incident = wellFormed(acceptance.incident);
  return {
    id: v7(),
    sessionId: v7(),
    source: incident.source,
    fingerprint: incident.fingerprint,
    startsAt: new Date(incident.startsAt),
    title: incident.title,
    severity: incident.severity,
    incident,
    evidence: wellFormed(acceptance.evidence),
    path: acceptance.path,
    limits: acceptance.limits,
    idempotencyKey: acceptance.idempotencyKey === undefined ? null : wellFormed(acceptance.idempotencyKey),
    raw: bytesOf(acceptance.raw),
    traceparent: acceptance.traceparent ?? null,
    createdAt: new Date(),
  };
};

const bytesOf = (raw: Uint8Array | string | undefined): Buffer | null => {
  if (raw === undefined) return null;
  return typeof raw === 'string' ? Buffer.from(raw, 'utf8') : Buffer.from(raw);
};

// The insert has waited for whoever was first, so his row is committed and seen by this newer snapshot.
const duplicateOf = async (manager: EntityManager, fresh: FreshIncident): Promise<Accepted> => {
  const { source, fingerprint, startsAt, idempotencyKey } = fresh;
  const byKey = idempotencyKey === null ? null : await manager.findOneBy(IncidentEntity, { idempotencyKey });
  if (byKey) {
    const same = byKey.source === source && byKey.fingerprint === fingerprint && byKey.startsAt.getTime() === startsAt.getTime();
    if (!same) throw new IdempotencyKeyReusedError(byKey.id);
    return { ...acceptedOf('duplicate', byKey), by: 'key' };
  }
  return {
    ...acceptedOf('duplicate', await manager.findOneByOrFail(IncidentEntity, { source, fingerprint, startsAt })),
    by: 'problem',
  };
};

const acceptedOf = (status: Accepted['status'], { id, sessionId, createdAt }: FreshIncident | IncidentEntity): Accepted => ({
  status,
  incidentId: id,
  sessionId,
  createdAt: createdAt.toISOString(),
});

const read = (found: IncidentEntity): AcceptedIncident => ({
  incidentId: found.id,
  sessionId: found.sessionId,
  incident: Incident.parse(found.incident),
  evidence: EvidenceSnapshot.parse(found.evidence),
  path: SessionPath.parse(found.path),
  limits: Limits.parse(found.limits),
  traceparent: found.traceparent,
  createdAt: found.createdAt.toISOString(),
});
