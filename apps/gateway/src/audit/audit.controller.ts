import { RECORD } from '@inquest/agent';
import type { AuditPage, Record as SessionRecord } from '@inquest/record';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/needs.decorator.js';
import { AuditQuery } from '../sessions/sessions.queries.js';

/** The rows of `agent_sessions`, for those who have to account for them. */
@ApiTags('audit')
@Controller('v1/audit')
@Needs('viewer')
export class AuditController {
  constructor(@Inject(RECORD) private readonly record: SessionRecord) {}

  @Get('sessions')
  @ApiOperation({ summary: 'Recorded messages, newest first, filtered, page by page' })
  sessions(@Query({ schema: AuditQuery }) { limit, cursor, ...filter }: AuditQuery): Promise<AuditPage> {
    return this.record.audit.page(filter, cursor, limit);
  }
}
