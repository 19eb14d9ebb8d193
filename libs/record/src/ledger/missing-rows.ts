import { eventIdOf, type Role } from '@inquest/contracts';
import type { ClientBase } from 'pg';
import type { Findings } from './findings.js';
import type { RecordedPlace } from './rows.js';

/** Rows that the ledger knows and the table does not; told apart from whole sessions that are gone. */
export class MissingRows {
  private readonly byEventId = new Map<string, RecordedPlace>();
  private dropped = 0;

  constructor(private readonly findings: Findings) {}

  add(place: RecordedPlace): void {
    if (this.byEventId.size >= this.findings.max) this.dropped++;
    else this.byEventId.set(eventIdAt(place), place);
  }

  get some(): boolean {
    return this.byEventId.size > 0;
  }

  /** The missing place whose row had this event id: an id is made of the place, so a row that was moved still tells it. */
  placeOf(eventId: string): RecordedPlace | undefined {
    return this.byEventId.get(eventId);
  }

  /** It is not missing, it stands elsewhere. */
  found(place: RecordedPlace): void {
    this.byEventId.delete(eventIdAt(place));
  }

  async report(client: ClientBase): Promise<void> {
    const bySession = new Map<string, RecordedPlace[]>();
    for (const place of this.byEventId.values())
      bySession.set(place.sessionId, [...(bySession.get(place.sessionId) ?? []), place]);
    const { rows } = await client.query<{ id: string }>(
      'SELECT id FROM unnest($1::uuid[]) AS id WHERE EXISTS (SELECT FROM agent_sessions s WHERE s.session_id = id)',
      [[...bySession.keys()]],
    );
    const present = new Set(rows.map(({ id }) => id));
    for (const [sessionId, missing] of bySession) {
      if (present.has(sessionId)) missing.forEach((place) => this.reportRow(place));
      else this.reportSession(sessionId, missing);
    }
    this.findings.addUnnamed(this.dropped);
  }

  private reportRow({ sessionId, position, n }: RecordedPlace): void {
    this.findings.add({
      kind: 'row-missing',
      sessionId,
      position,
      n,
      text: `Row ${sessionId}/${position}, recorded by entry ${n}, is gone.`,
    });
  }

  private reportSession(sessionId: string, missing: readonly RecordedPlace[]): void {
    const positions = missing.map(({ position }) => position).join(', ');
    this.findings.add({
      kind: 'session-missing',
      sessionId,
      text: `Session ${sessionId} is gone with all its rows (${positions}).`,
    });
  }
}

/** `role:round:slot`; a slot may hold a colon itself. */
const eventIdAt = ({ sessionId, position }: RecordedPlace): string => {
  const [role = '', round = '', ...slot] = position.split(':');
  return eventIdOf(sessionId, role as Role, Number(round), slot.join(':'));
};
