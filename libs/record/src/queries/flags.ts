import { z } from 'zod';
import type { DataSource } from 'typeorm';
import { PhaseOverrideEntity } from '../entities/phase-override.entity.js';

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

/** The audited switches of phases. Each change is a row; the latest one per phase counts. */
export class Flags {
  constructor(private readonly source: DataSource) {}

  /** The latest override per phase; a phase that was never switched is absent. */
  async get(): Promise<Partial<Record<1 | 2, PhaseOverride>>> {
    const latest = await this.repository()
      .createQueryBuilder('override')
      .distinctOn(['override.phase'])
      .orderBy('override.phase')
      .addOrderBy('override.n', 'DESC')
      .getMany();
    return Object.fromEntries(latest.map((row) => [row.phase, read(row)]));
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
