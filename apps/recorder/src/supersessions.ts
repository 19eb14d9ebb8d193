import { asEntry, LOGGER, RECORD } from '@inquest/agent';
import { isTerminal, type Published } from '@inquest/contracts';
import { fold, openTurns, publishedAtMs } from '@inquest/debate';
import type { Record as SessionRecord, Superseded } from '@inquest/record';
import { DeadLetters, SessionStreams, type InboxEntry, type StreamEntry } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';

/** Two messages claimed one place. The row was there first and wins: the newcomer is put aside, and its stream follows the rows. */
@Injectable()
export class Supersessions {
  constructor(
    private readonly streams: SessionStreams,
    private readonly deadLetters: DeadLetters,
    @Inject(RECORD) private readonly record: SessionRecord,
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
    await this.followRecord(sessionId);
  }

  /** Rebuilds the stream when it holds what the record does not accept, and asks again whose turn it now is. */
  private async followRecord(sessionId: string): Promise<void> {
    const rows = await this.record.sessions.messages(sessionId);
    const stream = await this.streams.read(sessionId);
    if (rows.length === 0 || stream.length === 0 || !contradicts(stream, rows)) return;
    const ended = rows.some(({ message }) => isTerminal(message.type));
    const stored = rows.map((row) => ({ ...asEntry(row), key: placeOf(row) }));
    await this.streams.rebuild(sessionId, stored, ended, { replace: true });
    if (!ended) await this.askAgain(sessionId, rows);
  }

  private async askAgain(sessionId: string, rows: readonly Published[]): Promise<void> {
    const session = fold(rows);
    for (const { role, askedAtMs } of session ? openTurns(session) : []) {
      const question = rows.findLast(({ streamId }) => publishedAtMs(streamId) === askedAtMs);
      if (question) await this.streams.wake(role, sessionId, asEntry(question));
    }
  }
}

const placeOf = ({ message }: Published): string => `${message.role}:${message.round}:${message.slot}`;

const Claim = z.object({ role: z.string(), round: z.number(), slot: z.string(), eventHash: z.string() });

/** Whether some entry takes the place of a row with another hash. */
const contradicts = (stream: readonly StreamEntry[], rows: readonly Published[]): boolean => {
  const hashes = new Map(rows.map((row) => [placeOf(row), row.message.eventHash]));
  return stream.some(({ body }) => {
    const claim = Claim.safeParse(parse(body));
    if (!claim.success) return true;
    const { role, round, slot, eventHash } = claim.data;
    const hash = hashes.get(`${role}:${round}:${slot}`);
    return hash !== undefined && hash !== eventHash;
  });
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Not a claim, which is what the caller asks about.
  }
};
