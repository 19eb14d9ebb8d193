import { LOGGER, RECORD } from '@inquest/agent';
import type { ExecutionSwitch as Standing, Record as SessionRecord } from '@inquest/record';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';

/**
 * The one switch that stops all execution. While it is off no session is opened in which gate 6 could let a plan run, and
 * `guardAtExecution` refuses whatever was decided before. It is a row in PostgreSQL: every replica sees it with its next look.
 */
@Injectable()
export class ExecutionSwitch {
  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  state(): Promise<Standing> {
    return this.record.controls.execution();
  }

  /** A switch that cannot be read is taken for off. */
  async isStopped(): Promise<boolean> {
    try {
      return (await this.state()).stopped;
    } catch (error) {
      this.logger.warn({ err: error }, 'whether execution is stopped cannot be read, so it counts as stopped');
      return true;
    }
  }

  async change(change: { readonly stopped: boolean; readonly actor: string; readonly reason: string }): Promise<Standing> {
    await this.record.controls.switchExecution(change);
    this.logger.warn(change, change.stopped ? 'all execution is stopped' : 'execution is allowed again');
    return this.state();
  }
}
