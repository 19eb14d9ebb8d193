import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One entry per committed batch; written by `append_events` alone. */
@Entity({ name: 'session_ledger' })
export class SessionLedgerEntity {
  @PrimaryColumn({ type: 'bigint' })
  n!: string;

  @Column({ name: 'previous_root', type: 'bytea' })
  previousRoot!: Buffer;

  @Column({ type: 'bytea' })
  root!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'leaf_version', type: 'integer' })
  leafVersion!: number;

  @Column({ name: 'session_ids', type: 'uuid', array: true })
  sessionIds!: string[];

  @Column({ type: 'text', array: true })
  positions!: string[];

  @Column({ type: 'bytea' })
  leaves!: Buffer;
}
