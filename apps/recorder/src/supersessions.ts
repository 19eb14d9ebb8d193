import { asEntry, LOGGER, RECORD } from '@inquest/agent';
import { isTerminal, type Published } from '@inquest/contracts';
import { fold, openTurns, publishedAtMs } from '@inquest/debate';
import type { RecordedEvent, Record as SessionRecord, Superseded } from '@inquest/record';
import { DeadLetters, SessionStreams, type InboxEntry, type StoredEntry, type StreamEntry } from '@inquest/streams';
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
    const rows = await this.record.sessions.events(sessionId);
    const stream = await this.streams.readable(sessionId);
    if (rows.length === 0 || stream.length === 0 || !contradicts(stream, rows)) return;
    const ended = rows.some(({ envelope }) => isTerminal(envelope.type));
    await this.streams.rebuild(sessionId, rows.map(storedOf), ended, { replace: true });
    const published = rows.map((row) => row.published).filter((row) => row !== null);
    // What not all can be read of has no next turn; its deadline ends it.
    if (!ended && published.length === rows.length) await this.askAgain(sessionId, published);
  }

  private async askAgain(sessionId: string, rows: readonly Published[]): Promise<void> {
    const session = fold(rows);
    for (const { role, askedAtMs } of session ? openTurns(session) : []) {
      const question = rows.findLast(({ streamId }) => publishedAtMs(streamId) === askedAtMs);
      if (question) await this.streams.wake(role, sessionId, asEntry(question));
    }
  }
}

const placeOf = ({ role, round, slot }: RecordedEvent['envelope']): string => `${role}:${round}:${slot}`;

const storedOf = ({ seq, streamId, envelope }: RecordedEvent): StoredEntry => ({
  id: streamId,
  seq,
  key: placeOf(envelope),
  type: envelope.type,
  role: envelope.role,
  body: JSON.stringify(envelope),
  traceparent: envelope.traceparent,
});

const Claim = z.object({
  role: z.string(),
  round: z.number(),
  slot: z.string(),
  eventHash: z.string(),
  causes: z.array(z.object({ eventId: z.string(), eventHash: z.string() })),
});

/** Whether some entry takes the place of a row with another hash, or rests on an event that is on record with another one. */
const contradicts = (stream: readonly StreamEntry[], rows: readonly RecordedEvent[]): boolean => {
  const byPlace = new Map(rows.map(({ envelope }) => [placeOf(envelope), envelope.eventHash]));
  const byId = new Map(rows.map(({ envelope }) => [envelope.eventId.toLowerCase(), envelope.eventHash]));
  const differs = (hash: string | undefined, claimed: string): boolean => hash !== undefined && hash !== claimed;
  return stream.some(({ body }) => {
    const claim = Claim.safeParse(parse(body));
    if (!claim.success) return true;
    const { role, round, slot, eventHash, causes } = claim.data;
    return (
      differs(byPlace.get(`${role}:${round}:${slot}`), eventHash) ||
      causes.some((cause) => differs(byId.get(cause.eventId.toLowerCase()), cause.eventHash))
    );
  });
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Not a claim, which is what the caller asks about.
  }
};
