import { z } from 'zod';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { PhaseOverrideEntity } from '../entities/phase-override.entity.js';
import { Gathered } from '../gathered.js';

const Phase = z.union([z.literal(1), z.literal(2)]);

/** Who switched a phase, and why. */
export const PhaseOverrideDraft = z.object({
  phase: Phase,
  enabled: z.boolean(),
  actor: z.string().min(1).max(200),
  reason: z.string().min(1).max(1_000),
});
export type PhaseOverrideDraft = z.infer<typeof PhaseOverrideDraft>;

export interface PhaseOverride extends PhaseOverrideDraft {
  /** RFC 3339. */
  readonly createdAt: string;
}

/** The latest override per phase; a phase that was never switched is absent. */
export type PhaseOverrides = Partial<Record<1 | 2, PhaseOverride>>;

const LATEST = `
  SELECT DISTINCT ON (phase) phase, enabled, actor, reason, created_at AS "createdAt"
    FROM phase_overrides ORDER BY phase, n DESC`;

/** The audited switches of phases. Each change is a row; the latest one per phase counts. */
export class Flags {
  private readonly latest: Gathered<undefined, PhaseOverrides>;

  constructor(
    private readonly source: DataSource,
    private readonly pool: Pool,
  ) {
    this.latest = new Gathered(async (asked) => new Array<PhaseOverrides>(asked.length).fill(await this.readLatest()));
  }

  /** As they stand at some moment after the call: incidents that come together share one look. */
  get(): Promise<PhaseOverrides> {
    return this.latest.of(undefined);
  }

  async set(draft: PhaseOverrideDraft): Promise<PhaseOverride> {
    const { phase, enabled, actor, reason } = PhaseOverrideDraft.parse(draft);
    const saved = await this.repository().save({ phase, enabled, actor, reason });
    return read(await this.repository().findOneByOrFail({ n: saved.n }));
  }

  /** Newest first. */
  async history(limit = 100): Promise<PhaseOverride[]> {
    return (await this.repository().find({ order: { n: 'DESC' }, take: limit })).map(read);
  }

  private async readLatest(): Promise<PhaseOverrides> {
    const { rows } = await this.pool.query<PhaseOverrideEntity>({ name: 'inquest-phases', text: LATEST });
    return Object.fromEntries(rows.map((row) => [row.phase, read(row)]));
  }

  private repository() {
    return this.source.getRepository(PhaseOverrideEntity);
  }
}

const read = ({ phase, enabled, actor, reason, createdAt }: PhaseOverrideEntity): PhaseOverride => ({
  phase: Phase.parse(phase),
  enabled,
  actor,
  reason,
  createdAt: createdAt.toISOString(),
});
