import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'incidents' })
export class IncidentEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'session_id', type: 'uuid', unique: true })
  sessionId!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  fingerprint!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  startsAt!: Date;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text' })
  severity!: string;

  @Column({ type: 'jsonb' })
  incident!: object;

  @Column({ type: 'jsonb' })
  evidence!: object;

  @Column({ type: 'text' })
  path!: string;

  @Column({ type: 'jsonb' })
  limits!: object;

  @Column({ name: 'idempotency_key', type: 'text', nullable: true, unique: true })
  idempotencyKey!: string | null;

  @Column({ type: 'bytea', nullable: true, select: false })
  raw!: Buffer | null;

  @Column({ type: 'text', nullable: true })
  traceparent!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
