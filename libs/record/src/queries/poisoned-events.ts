import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Poisoned } from '../append/append-result.js';
import { PoisonedEventEntity } from '../entities/poisoned-event.entity.js';

/** An event that `agent_sessions` could not hold. */
export interface PoisonedEvent {
  readonly id: number;
  readonly sessionId: string | null;
  readonly streamId: string;
  readonly seq: number;
  /** As received, in UTF-8. */
  readonly bytes: Buffer;
  readonly reason: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** Keeps the bytes. The same bytes at the same place are kept once, however often they are delivered. */
export const savePoisoned = async (pool: Pool, poisoned: readonly Poisoned[]): Promise<void> => {
  for (const { event, sessionId, reason } of poisoned) {
    await pool.query(
      `INSERT INTO poisoned_events (session_id, stream_id, seq, bytes, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [sessionId, event.streamId, event.seq, Buffer.from(event.body, 'utf8'), reason.replaceAll('\0', '\uFFFD').toWellFormed()],
    );
  }
};

export class PoisonedEvents {
  constructor(private readonly source: DataSource) {}

  /** Newest first. */
  async list(limit = 100): Promise<PoisonedEvent[]> {
    const found = await this.source.getRepository(PoisonedEventEntity).find({ order: { id: 'DESC' }, take: limit });
    return found.map(({ id, seq, createdAt, ...event }) => ({
      ...event,
      id: Number(id),
      seq: Number(seq),
      createdAt: createdAt.toISOString(),
    }));
  }
}
