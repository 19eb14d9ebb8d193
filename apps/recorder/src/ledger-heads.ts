import { HealthRegistry, LOGGER, Loop, RECORD } from '@inquest/agent';
import { headLine, signHead, type Record as SessionRecord } from '@inquest/record';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { appendFile } from 'node:fs/promises';
import { RECORDER_ENVIRONMENT, type RecorderEnvironment } from './recorder.environment.js';

/**
 * Keeps the ledger's head outside Postgres, signed when there is a key: in the log, and in a file if one is named. With
 * it `inquest audit verify --anchor` can tell that a tail was cut off or that all of history was written anew.
 */
@Injectable()
export class LedgerHeads implements OnApplicationBootstrap {
  private readonly loop: Loop;
  private kept = 0;

  constructor(
    private readonly health: HealthRegistry,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RECORDER_ENVIRONMENT) private readonly environment: RecorderEnvironment,
  ) {
    this.loop = new Loop('ledger heads', environment.INQUEST_LEDGER_HEAD_EVERY_S * 1_000, () => this.keep(), logger);
  }

  onApplicationBootstrap(): void {
    this.health.watchLoop('ledger heads', () => this.loop.isTurning());
    this.loop.start();
  }

  /** Ends the loop and keeps the last head. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.keep();
  }

  /** Keeps the head if it is a new one. */
  async keep(): Promise<void> {
    const head = await this.record.ledger.head();
    if (!head || head.n === this.kept) return;
    const ledgerHead = signHead(head, this.environment.ledgerKey);
    if (this.environment.INQUEST_LEDGER_HEADS_FILE !== undefined)
      await appendFile(this.environment.INQUEST_LEDGER_HEADS_FILE, headLine(ledgerHead));
    this.logger.info({ ledgerHead }, 'ledger head');
    this.kept = head.n;
  }
}
