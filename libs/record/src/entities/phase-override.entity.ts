import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'phase_overrides' })
export class PhaseOverrideEntity {
  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  n!: string;

  @Column({ type: 'integer' })
  phase!: number;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false })
  createdAt!: Date;
}
