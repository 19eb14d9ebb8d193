import { eventHash, inputHash, outputHash, type Envelope } from '@inquest/contracts';
import type { RecordedEvent } from './gateway-answers.js';

/** A recorded message that does not fit its own hashes, or names a cause that is not what it was. */
export interface BrokenMessage {
  readonly seq: number;
  readonly role: string;
  readonly type: string;
  /** `outputHash`, `inputHash`, `eventHash`, `causes`. */
  readonly differs: readonly string[];
}

/** Takes every hash of a session's messages again. Empty when all of them fit. */
export const brokenMessages = (events: readonly RecordedEvent[]): BrokenMessage[] => {
  const known = new Map(events.map(({ published: { message } }) => [message.eventId, message.eventHash]));
  return events.flatMap(({ published: { seq, message }, raw }) => {
    const differs = [
      outputHash(raw.data) !== message.outputHash && 'outputHash',
      inputHash(message.causes) !== message.inputHash && 'inputHash',
      eventHash(raw as unknown as Envelope) !== message.eventHash && 'eventHash',
      message.causes.some((cause) => known.get(cause.eventId) !== cause.eventHash) && 'causes',
    ].filter((name) => name !== false);
    return differs.length > 0 ? [{ seq, role: message.role, type: message.type, differs }] : [];
  });
};
