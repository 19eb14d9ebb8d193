import type { ExecutionSwitch as Standing } from '@inquest/record';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Caller, Needs } from '../auth/needs.decorator.js';
import type { Principal } from '../auth/tokens.js';
import { ExecutionSwitch } from './execution-switch.js';
import { Reason } from './reason.js';

export const ExecutionChange = z.strictObject({
  stopped: z.boolean(),
  reason: Reason,
});
export type ExecutionChange = z.infer<typeof ExecutionChange>;

/** The kill switch. */
@ApiTags('execution')
@Controller('v1/execution')
@Needs('viewer')
export class ExecutionController {
  constructor(private readonly execution: ExecutionSwitch) {}

  @Get()
  @ApiOperation({ summary: 'Whether anything may be executed, and who said so last' })
  state(): Promise<Standing> {
    return this.execution.state();
  }

  @Put()
  @Needs('operator')
  @ApiOperation({ summary: 'Stop all execution at once, or allow it again; audited' })
  change(@Body({ schema: ExecutionChange }) change: ExecutionChange, @Caller() { name }: Principal): Promise<Standing> {
    return this.execution.change({ ...change, actor: name });
  }
}
