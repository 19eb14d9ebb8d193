import type { MessageType } from '@inquest/contracts';
import { EntryExceptionFilter, RedisStreamsContext } from '@inquest/streams';
import { Controller, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';
import { TurnRunner } from './turn-runner.js';

/** Every message that may be a question to somebody; which of them reach this role's inbox, its publisher decides. */
const QUESTIONS: MessageType[] = ['session.opened', 'diagnosis.reported', 'plan.proposed', 'verdict.given', 'critique.raised'];

@Controller()
@UseFilters(EntryExceptionFilter)
export class TurnController {
  constructor(private readonly turns: TurnRunner) {}

  @EventPattern(QUESTIONS)
  async take(@Ctx() context: RedisStreamsContext): Promise<void> {
    if (await this.turns.take(context.getEntry(), context.getSignal())) context.acknowledged();
  }
}
