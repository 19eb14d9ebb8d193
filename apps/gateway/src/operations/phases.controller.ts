import { Phase } from '@inquest/config';
import type { PhaseOverride } from '@inquest/record';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Caller, Needs } from '../auth/needs.decorator.js';
import type { Principal } from '../auth/tokens.js';
import { PhaseSwitch, type PhaseState } from '../incidents/phase-switch.js';
import { Reason } from './reason.js';

export const PhaseChange = z.object({
  phase: Phase,
  enabled: z.boolean(),
  reason: Reason,
});
export type PhaseChange = z.infer<typeof PhaseChange>;

/** The rollback switch. It takes effect with the next incident; sessions under way end as they began. */
@ApiTags('phases')
@Controller('v1/phases')
@Needs('viewer')
export class PhasesController {
  constructor(private readonly phases: PhaseSwitch) {}

  @Get()
  @ApiOperation({ summary: 'Both phases: environment, override, and what follows' })
  async states(): Promise<{ phases: PhaseState[] }> {
    return { phases: await this.phases.states() };
  }

  @Put()
  @Needs('operator')
  @ApiOperation({ summary: 'Switch a phase; audited. On cannot be forced against the environment' })
  async override(
    @Body({ schema: PhaseChange }) change: PhaseChange,
    @Caller() { name }: Principal,
  ): Promise<{ override: PhaseOverride; phases: PhaseState[] }> {
    const override = await this.phases.override({ ...change, actor: name });
    return { override, phases: await this.phases.states() };
  }
}
