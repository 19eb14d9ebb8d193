import { readMessage, SCHEMA_VERSION, seatOf, type Published, type Role, type SessionOpened } from '@inquest/contracts';
import { fold, isEnded, openTurns, publishedAtMs, spoken, type Session } from '@inquest/debate';
import type { Record as SessionRecord } from '@inquest/record';
import { SessionStreams, UnrecoverableEntryError, type InboxEntry, type StreamEntry } from '@inquest/streams';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { LOGGER, RECORD } from './tokens.js';

/** Characters of JSON, of openings of sessions that will be read again, which are kept in memory per process. */
const CACHE_CHARS = 16 * 1024 * 1024;

/**
 * A session's state, folded anew each time, from its stream or from what travelled out of it, and never from process memory: only the opening, which
 * carries the evidence and can never change, is kept while it may be needed again, so that a second look reads the small messages alone.
 */
@Injectable()
export class SessionReader {
  private readonly openings = new LRUCache<string, Published<SessionOpened>>({ maxSize: CACHE_CHARS });

  constructor(
    private readonly streams: SessionStreams,
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The session as its stream has it; a stream that Redis has lost is first rebuilt from the record. Undefined when
   * neither knows the session, or when it has ended and its keys have expired.
   * @throws {UnrecoverableEntryError} when an entry of the stream can never be read, by this version or by any.
   */
  async read(sessionId: string): Promise<Session | undefined> {
    if (!SessionId.safeParse(sessionId).success)
      throw new UnrecoverableEntryError(
        'unreadable',
        `${JSON.stringify(sessionId.slice(0, 100))} is no session: expected a UUID`,
      );
    const known = this.openings.get(sessionId);
    const entries = await this.streams.read(sessionId, known?.streamId);
    if (!known && entries.length === 0) return this.restore(sessionId);
    // With a known opening an empty answer may mean "nothing new yet" or "stream lost".
    if (known && entries.length === 0 && !(await this.streams.exists(sessionId))) return this.restore(sessionId);
    const messages = entries.map((entry) => parseEntry(sessionId, entry));
    // Lost before its opening was on record, the session has been opened anew: what we remember is not what others answer.
    if (known && messages.some(({ message }) => message.type === 'session.opened')) {
      this.forget(sessionId);
      return this.read(sessionId);
    }
    const session = fold(known ? [known, ...messages] : messages);
    // Its beginning is lost: somebody has deleted entries. The rows have it.
    if (!session) return this.restore(sessionId, true);
    if (isEnded(session)) this.forget(sessionId);
    else if (!known) this.openings.set(sessionId, session.opened, { size: entries[0]?.body.length ?? 1 });
    return session;
  }

  /** The session as it stood when it was announced, if it travelled along. Who is told again looks at what has become of it since. */
  async asOf(entry: InboxEntry): Promise<Session | undefined> {
    const said = entry.deliveries > 1 ? [] : entry.said;
    return fold(said.map((one) => parseEntry(entry.session, one))) ?? this.read(entry.session);
  }

  /** For whoever has said what it had to say: most never read the session again. */
  forget(sessionId: string): void {
    this.openings.delete(sessionId);
  }

  /** Rebuilds a lost stream from the rows. The inboxes were lost with it, so whoever's turn it is is asked again. */
  async restore(sessionId: string, replace = false): Promise<Session | undefined> {
    this.forget(sessionId);
    const messages = await this.record.sessions.messages(sessionId);
    const session = fold(messages);
    if (!session || isEnded(session)) return session;
    const rebuilt = await this.streams.rebuild(
      sessionId,
      messages.map((said) => ({ ...asEntry(said), key: seatOf(said.message) })),
      false,
      { replace },
    );
    if (rebuilt) await this.askAgain(session);
    return session;
  }

  private async askAgain(session: Session): Promise<void> {
    const { sessionId } = session.opened.message;
    for (const { role, question } of openQuestions(session)) {
      await this.streams.wake(role, sessionId, question);
      this.logger.warn({ sessionId, role }, 'the stream was lost and has been rebuilt from the record; the role is asked again');
    }
  }
}

/** A message as its stream had it. */
export const asEntry = ({ seq, streamId, message }: Published): StreamEntry => ({
  id: streamId,
  seq,
  type: message.type,
  role: message.role,
  body: JSON.stringify(message),
  traceparent: message.traceparent,
});

/** What whose turn it is was asked by, to be announced to them again. */
export const openQuestions = (session: Session): { readonly role: Role; readonly question: StreamEntry }[] => {
  const said = [...spoken(session)].reverse();
  return openTurns(session).flatMap(({ role, askedAtMs }) => {
    const question = said.find(({ streamId }) => publishedAtMs(streamId) === askedAtMs);
    return question ? [{ role, question: asEntry(question) }] : [];
  });
};

const SessionId = z.uuid();

const parseEntry = (sessionId: string, entry: StreamEntry): Published => {
  const reading = readMessage(parseJson(entry));
  if (reading.kind === 'newer')
    throw refusal(
      'newer-schema',
      entry,
      `has schema version ${reading.schemaVersion}; this service reads up to ${SCHEMA_VERSION}. Upgrade it, then retry the dead letter.`,
    );
  if (reading.kind === 'unreadable') throw refusal('unreadable', entry, `does not fit its contract: ${reading.problems}`);
  const { message } = reading;
  if (message.sessionId !== sessionId) throw refusal('unreadable', entry, `belongs to session ${message.sessionId}`);
  if (message.type !== entry.type || message.role !== entry.role)
    throw refusal('unreadable', entry, `says outside that it is ${entry.type} of ${entry.role}, and inside something else`);
  return { seq: entry.seq, streamId: entry.id, message };
};

const parseJson = (entry: StreamEntry): unknown => {
  try {
    return JSON.parse(entry.body);
  } catch (error) {
    throw refusal('unreadable', entry, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const refusal = (reason: 'unreadable' | 'newer-schema', { id, seq, type, body }: StreamEntry, problem: string) =>
  new UnrecoverableEntryError(reason, `entry ${id} ${problem}`, { id, fields: { id, seq: String(seq), type, body } });
