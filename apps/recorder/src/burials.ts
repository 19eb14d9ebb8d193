import { LOGGER, redactDetail } from '@inquest/agent';
import { DeadLetters, type InboxEntry } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';

/** Puts aside what cannot be recorded, with its reason. */
@Injectable()
export class Burials {
  constructor(
    private readonly deadLetters: DeadLetters,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `error` is what the recorder broke with over it, if it did. */
  async bury(entry: InboxEntry, reason: string, detail: string, error?: unknown): Promise<void> {
    const { inbox, inboxId, session, id, seq, type, body, deliveries } = entry;
    await this.deadLetters.add(
      { inbox, inboxId, deliveries, fields: { session, id, seq: String(seq), type, ...(body !== null && { body }) } },
      reason,
      detail,
      error,
    );
    this.logger.error(
      { sessionId: session, type, seq, reason, detail: redactDetail(detail) },
      'an event went to the dead letters; see `inquest dead-letters list`',
    );
  }
}
