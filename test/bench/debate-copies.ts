import { eventIdOf, inputHash, Message, type Cause } from '@inquest/contracts';
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { fieldOf, type GoldenStreams } from '../golden/files.js';

/** What a copied row does not share with the row it was copied from. */
export interface CopiedRow {
  /** Event id of the message that it copies. */
  readonly template: string;
  readonly sessionId: string;
  readonly incidentId: string;
  readonly eventId: string;
  /** JSON. */
  readonly causes: string;
  readonly inputHash: string;
  readonly eventHash: string;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly streamId: string;
}

/** Given a value per hole, the whole text. */
type Filler = (values: Readonly<Record<string, string>>) => string;

interface Template {
  readonly message: Message;
  /** Milliseconds after the opening. */
  readonly afterMs: number;
  /** Positions, within the debate, of the messages that it rests on. */
  readonly causes: readonly number[];
  readonly canonical: Filler;
}

/**
 * Copies of recorded debates under new ids, with all hashes as a writer would give them. The canonical form of a message is the same
 * text in every copy but for ids, times and hashes of causes, so it is made once and cut where those stand: a copy costs two hashes.
 */
export class DebateCopies {
  private readonly debates: readonly (readonly Template[])[];
  private next = 0;

  /** @param sessions golden streams; entries without a message are left out. */
  constructor(sessions: readonly GoldenStreams[]) {
    this.debates = sessions.map(({ session }) => {
      const messages = session.flatMap((entry) => {
        const body = fieldOf(entry, 'body');
        return body === undefined ? [] : [Message.parse(JSON.parse(body))];
      });
      return messages.map((message) => templateOf(message, messages));
    });
  }

  /** The next debate in turn, as if opened at that time. */
  copy(openedAtMs: number): CopiedRow[] {
    const debate = this.debates[this.next++ % this.debates.length] ?? [];
    const sessionId = v7({ msecs: openedAtMs });
    const incidentId = v7({ msecs: openedAtMs });
    const said: Cause[] = [];
    return debate.map(({ message, afterMs, causes: positions, canonical }) => {
      const causes = positions.map((position) => said[position]).filter((cause) => cause !== undefined);
      const eventId = eventIdOf(sessionId, message.role, message.round, message.slot);
      const occurredAt = new Date(openedAtMs + afterMs).toISOString();
      const ofCauses = Object.fromEntries(
        causes.flatMap((cause, position) => [
          [`causeId${position}`, cause.eventId],
          [`causeHash${position}`, cause.eventHash],
        ]),
      );
      const input = inputHash(causes);
      const eventHash = sha256(canonical({ sessionId, incidentId, eventId, occurredAt, inputHash: input, ...ofCauses }));
      said.push({ eventId, eventHash });
      return {
        template: message.eventId,
        sessionId,
        incidentId,
        eventId,
        causes: JSON.stringify(causes),
        inputHash: input,
        eventHash,
        occurredAt,
        streamId: `${openedAtMs + afterMs}-0`,
      };
    });
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const templateOf = (message: Message, debate: readonly Message[]): Template => {
  const { eventHash: _own, ...envelope } = message;
  const opened = debate[0] ?? message;
  const causes = message.causes.map(({ eventId }) => debate.findIndex((other) => other.eventId === eventId));
  return {
    message,
    afterMs: Date.parse(message.occurredAt) - Date.parse(opened.occurredAt),
    causes,
    canonical: cut({
      ...envelope,
      sessionId: hole('sessionId'),
      incidentId: hole('incidentId'),
      eventId: hole('eventId'),
      occurredAt: hole('occurredAt'),
      inputHash: hole('inputHash'),
      causes: causes.map((_, position) => ({ eventId: hole(`causeId${position}`), eventHash: hole(`causeHash${position}`) })),
    }),
  };
};

const hole = (name: string): string => `@@${name}@@`;

const cut = (value: object): Filler => {
  const pieces = (canonicalize(value) ?? '').split(/@@(\w+)@@/);
  return (values) => pieces.map((piece, index) => (index % 2 === 0 ? piece : (values[piece] ?? ''))).join('');
};
