import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A session without a terminal row. */
@Entity({ name: 'open_sessions' })
export class OpenSessionEntity {
  @PrimaryColumn({ name: 'session_id', type: 'uuid' })
  sessionId!: string;

  @Column({ name: 'incident_id', type: 'uuid' })
  incidentId!: string;

  @Column({ type: 'text' })
  path!: string;

  @Column({ name: 'turn_ms', type: 'integer' })
  turnMs!: number;

  @Column({ name: 'debate_ms', type: 'integer' })
  debateMs!: number;

  @Column({ name: 'accepted_at', type: 'timestamptz' })
  acceptedAt!: Date;
}
