import { LOGGER } from '@inquest/agent';
import type { Superseded } from '@inquest/record';
import { DeadLetters, type InboxEntry } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { Repairs } from './repairs.js';

/** Two messages claimed one place. The row was there first and wins: the newcomer is put aside, and its stream follows the rows. */
@Injectable()
export class Supersessions {
  constructor(
    private readonly repairs: Repairs,
    private readonly deadLetters: DeadLetters,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async settle({ event, sessionId, eventHash, rowHash }: Superseded, entry: InboxEntry | undefined): Promise<void> {
    const detail =
      rowHash === null
        ? `event ${eventHash} rests on a message that is not the one on record`
        : `event ${eventHash} came after ${rowHash}, which is on record in its place and stands`;
    if (entry) {
      const fields = { session: sessionId, id: event.streamId, seq: String(event.seq), type: entry.type, body: event.body };
      await this.deadLetters.add(
        { inbox: entry.inbox, inboxId: entry.inboxId, deliveries: entry.deliveries, fields },
        'superseded',
        detail,
      );
    }
    this.logger.error({ sessionId, seq: event.seq, detail }, 'a message was superseded by the record');
    await this.repairs.mend(sessionId);
  }
}
