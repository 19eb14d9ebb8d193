import { EvidenceSnapshot, Incident, Limits, SessionPath, wellFormed } from '@inquest/contracts';
import { v7 } from 'uuid';
import type { Pool } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { IncidentEntity } from '../entities/incident.entity.js';
import { OpenSessionEntity } from '../entities/open-session.entity.js';
import { Gathered } from '../gathered.js';

/** What the gateway wants committed before it answers 202. */
export interface Acceptance {
  readonly incident: Incident;
  /** Evidence that came with the incident; the gateway may add to it before it opens the session. */
  readonly evidence: EvidenceSnapshot;
  readonly idempotencyKey?: string | undefined;
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

// The time is PostgreSQL's: by its clock it is decided later how long a session has been open, and a gateway's may be hours off.
const ACCEPT = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1) AS incident(
      id uuid, session_id uuid, source text, fingerprint text, starts_at timestamptz, title text, severity text, incident jsonb,
      evidence jsonb, path text, limits jsonb, idempotency_key text, traceparent text)
  ), accepted AS (
    INSERT INTO incidents (id, session_id, source, fingerprint, starts_at, title, severity, incident, evidence, path, limits,
                           idempotency_key, traceparent, created_at)
      SELECT *, date_trunc('milliseconds', clock_timestamp()) FROM given ORDER BY source, fingerprint, starts_at -- The same order everywhere, lest two wait for each other.
      ON CONFLICT DO NOTHING
      RETURNING id, session_id, path, limits, created_at
  ), opened AS (
    INSERT INTO open_sessions (session_id, incident_id, path, turn_ms, debate_ms, accepted_at)
      SELECT session_id, id, path, (limits ->> 'turnMs')::int, (limits ->> 'debateMs')::int, created_at FROM accepted
  )
  SELECT id, created_at AS "createdAt" FROM accepted`;

/** Of one statement; a single incident may be bigger. */
const ACCEPT_CHARS_MAX = 4 * 1024 * 1024;

interface Row {
  readonly id: string;
  readonly json: string;
}

/** What somebody told us, committed before they are told that we have it. */
export class Incidents {
  /** When each was accepted; null for one that was accepted before. */
  private readonly commits: Gathered<Row, Date | null>;

  constructor(
    private readonly source: DataSource,
    private readonly pool: Pool,
  ) {
    this.commits = new Gathered((rows) => this.commit(rows), {
      atOnce: 2,
      sizeOf: ({ json }) => json.length,
      sizeMax: ACCEPT_CHARS_MAX,
    });
  }

  /**
   * Commits the incident and its open session in one transaction, together with those that come at the same time. Safe to repeat: the
   * same key, or the same problem (source, fingerprint, start), gives the ids of the first time.
   * @throws {IdempotencyKeyReusedError}
   */
  async accept(acceptance: Acceptance): Promise<Accepted> {
    const fresh = incidentOf(acceptance);
    const createdAt = await this.commits.of({ id: fresh.id, json: JSON.stringify(rowOf(fresh)) });
    return createdAt ? acceptedOf('accepted', { ...fresh, createdAt }) : duplicateOf(this.source.manager, fresh);
  }

  private async commit(rows: readonly Row[]): Promise<(Date | null)[]> {
    const values = [`[${rows.map(({ json }) => json).join(',')}]`];
    const { rows: accepted } = await this.pool.query<{ id: string; createdAt: Date }>({
      name: 'inquest-accept',
      text: ACCEPT,
      values,
    });
    const times = new Map(accepted.map(({ id, createdAt }) => [id, createdAt]));
    return rows.map(({ id }) => times.get(id) ?? null);
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

type FreshIncident = Omit<IncidentEntity, 'raw' | 'createdAt'>;

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
    traceparent: acceptance.traceparent ?? null,
  };
};

const rowOf = (fresh: FreshIncident) => ({
  id: fresh.id,
  session_id: fresh.sessionId,
  source: fresh.source,
  fingerprint: fresh.fingerprint,
  starts_at: fresh.startsAt,
  title: fresh.title,
  severity: fresh.severity,
  incident: fresh.incident,
  evidence: fresh.evidence,
  path: fresh.path,
  limits: fresh.limits,
  idempotency_key: fresh.idempotencyKey,
  traceparent: fresh.traceparent,
});

// The insert has waited for whoever was first, so his row is committed and seen from now on.
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

const acceptedOf = (
  status: Accepted['status'],
  { id, sessionId, createdAt }: Pick<IncidentEntity, 'id' | 'sessionId' | 'createdAt'>,
): Accepted => ({
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
