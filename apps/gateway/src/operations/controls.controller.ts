import { limitsOf, readBudgets, RECORD, type Limit } from '@inquest/agent';
import { ControlKind, type ControlEvent, type Record as SessionRecord, type SpendWindow } from '@inquest/record';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../auth/needs.decorator.js';

const ControlsQuery = z.strictObject({
  kind: ControlKind.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
type ControlsQuery = z.infer<typeof ControlsQuery>;

/** What limits and operators have done, and what is left of the budgets. */
@ApiTags('controls')
@Controller('v1')
@Needs('viewer')
export class ControlsController {
  private readonly limits = limitsOf(readBudgets());

  constructor(@Inject(RECORD) private readonly record: SessionRecord) {}

  @Get('controls')
  @ApiOperation({ summary: 'The audit of switches, budgets, filtered incidents and verifications, newest first' })
  async history(@Query({ schema: ControlsQuery }) { kind, limit }: ControlsQuery): Promise<{ events: ControlEvent[] }> {
    return { events: await this.record.controls.history(kind && [kind], limit) };
  }

  @Get('budgets')
  @ApiOperation({ summary: 'Limits as this gateway was given them, and what the current windows have taken' })
  async budgets(): Promise<{ limits: readonly Limit[]; spend: SpendWindow[] }> {
    return { limits: this.limits, spend: await this.record.spend.current() };
  }
}
