import { openQuestions, RECORD } from '@inquest/agent';
import { isTerminal, seatOf, type Published } from '@inquest/contracts';
import { fold } from '@inquest/debate';
import type { RecordedEvent, Record as SessionRecord } from '@inquest/record';
import { SessionStreams, type StoredEntry, type StreamEntry } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RECORDER_ENVIRONMENT, type RecorderEnvironment } from './recorder.environment.js';

/** Makes the stream of a session say what its rows say, where the two contradict each other: the record wins. */
@Injectable()
export class Repairs {
  constructor(
    private readonly streams: SessionStreams,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(RECORDER_ENVIRONMENT) private readonly environment: RecorderEnvironment,
  ) {}

  /** Rebuilds the stream when it holds what the record does not accept, and asks again whose turn it now is. */
  async mend(sessionId: string): Promise<void> {
    const rows = await this.record.sessions.events(sessionId);
    const stream = await this.streams.readable(sessionId);
    if (rows.length === 0 || stream.length === 0 || !contradicts(stream, rows)) return;
    await this.putBack(sessionId, rows);
    const published = rows.map((row) => row.published).filter((row) => row !== null);
    // What not all can be read of has no next turn; its deadline ends it.
    if (!hasEnded(rows) && published.length === rows.length) await this.askAgain(sessionId, published);
  }

  /** Of a session that has ended on record: its stream as the rows have it, with nothing pending, and on its way out. */
  async layToRest(sessionId: string): Promise<void> {
    const rows = await this.record.sessions.events(sessionId);
    if (hasEnded(rows)) await this.putBack(sessionId, rows);
  }

  private async putBack(sessionId: string, rows: readonly RecordedEvent[]): Promise<void> {
    const ended = hasEnded(rows);
    await this.streams.rebuild(sessionId, rows.map(storedOf), ended, { replace: true });
    if (ended) await this.streams.expire([sessionId], this.environment.INQUEST_SESSION_TTL_S);
  }

  private async askAgain(sessionId: string, rows: readonly Published[]): Promise<void> {
    const session = fold(rows);
    for (const { role, question } of session ? openQuestions(session) : []) await this.streams.wake(role, sessionId, question);
  }
}

const hasEnded = (rows: readonly RecordedEvent[]): boolean => rows.some(({ envelope }) => isTerminal(envelope.type));

const storedOf = ({ seq, streamId, envelope }: RecordedEvent): StoredEntry => ({
  id: streamId,
  seq,
  key: seatOf(envelope),
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

/**
 * Whether some entry takes the place of a row with another hash, rests on an event that is on record with another one, or ends a
 * session that has ended otherwise on record.
 */
const contradicts = (stream: readonly StreamEntry[], rows: readonly RecordedEvent[]): boolean => {
  const byPlace = new Map(rows.map(({ envelope }) => [seatOf(envelope), envelope.eventHash]));
  const byId = new Map(rows.map(({ envelope }) => [envelope.eventId.toLowerCase(), envelope.eventHash]));
  const end = rows.find(({ envelope }) => isTerminal(envelope.type))?.envelope.eventHash;
  const differs = (hash: string | undefined, claimed: string): boolean => hash !== undefined && hash !== claimed;
  return stream.some(({ type, body }) => {
    const claim = Claim.safeParse(parse(body));
    if (!claim.success) return true;
    const { eventHash, causes } = claim.data;
    return (
      differs(byPlace.get(seatOf(claim.data)), eventHash) ||
      (isTerminal(type) && differs(end, eventHash)) ||
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
