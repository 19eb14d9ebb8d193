import { isPhaseEnabled, pathFor, type PhaseSources } from '@inquest/config';
import { RECORD } from '@inquest/agent';
import type { PhaseOverride, PhaseOverrideDraft, Record as SessionRecord } from '@inquest/record';
import type { SessionPath } from '@inquest/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENVIRONMENT, type GatewayEnvironment } from '../gateway.environment.js';

/** One phase as it stands: what the two sides say, and what follows. */
export interface PhaseState {
  readonly phase: 1 | 2;
  readonly enabled: boolean;
  readonly environment: boolean;
  readonly override: PhaseOverride | null;
}

/** The rollback switch: environment AND audited override, read anew for every incident. */
@Injectable()
export class PhaseSwitch {
  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(GATEWAY_ENVIRONMENT) private readonly environment: GatewayEnvironment,
  ) {}

  /** How an incident that arrives now is answered. Sessions under way keep the path they were accepted with. */
  async path(): Promise<SessionPath> {
    return pathFor(await this.sources());
  }

  async states(): Promise<PhaseState[]> {
    const overrides = await this.record.flags.get();
    const sources = sourcesFrom(this.environment, overrides);
    return ([1, 2] as const).map((phase) => ({
      phase,
      enabled: isPhaseEnabled(phase, sources),
      environment: this.environment[`AIOPS_P${phase}_ENABLED`],
      override: overrides[phase] ?? null,
    }));
  }

  override(draft: PhaseOverrideDraft): Promise<PhaseOverride> {
    return this.record.flags.set(draft);
  }

  private async sources(): Promise<PhaseSources> {
    return sourcesFrom(this.environment, await this.record.flags.get());
  }
}

const sourcesFrom = (environment: GatewayEnvironment, overrides: Partial<Record<1 | 2, PhaseOverride>>): PhaseSources => ({
  environment,
  overrides: {
    ...(overrides[1] && { 1: overrides[1].enabled }),
    ...(overrides[2] && { 2: overrides[2].enabled }),
  },
});
