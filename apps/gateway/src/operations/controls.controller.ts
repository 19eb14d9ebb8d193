import { limitsOf, readBudgets, RECORD, type Limit } from '@inquest/agent';
import { ControlKind, type ControlPage, type Record as SessionRecord, type SpendWindow } from '@inquest/record';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../auth/needs.decorator.js';
import { Cursor, Limit as PageSize } from '../sessions/sessions.queries.js';

const ControlsQuery = z.strictObject({
  kind: ControlKind.optional(),
  limit: PageSize,
  cursor: Cursor,
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
  @ApiOperation({ summary: 'The audit of switches, budgets, filtered incidents and verifications, newest first, page by page' })
  history(@Query({ schema: ControlsQuery }) { kind, limit, cursor }: ControlsQuery): Promise<ControlPage> {
    return this.record.controls.page(kind && [kind], cursor, limit);
  }

  @Get('budgets')
  @ApiOperation({ summary: 'Limits as this gateway was given them, and what the current windows have taken' })
  async budgets(): Promise<{ limits: readonly Limit[]; spend: SpendWindow[] }> {
    return { limits: this.limits, spend: await this.record.spend.current() };
  }
}
