import { z } from 'zod';
import { NoSuchDeadLetterError, type DeadLetterReason } from './errors.js';
import { fieldsOf, RawEntries, type RawEntry } from './entries.js';
import { DEAD_LETTER_KEY, inboxKey } from './keys.js';
import type { RedisConnection } from './redis-connection.js';
import { AnyReply, Count, send } from './send.js';

/** An entry that was taken out of circulation, with what a human needs to put it back or to let it go. */
export interface DeadLetter {
  readonly id: string;
  readonly inbox: string;
  readonly inboxId: string;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** What to do about it. */
  readonly advice: string;
  readonly deliveries: number;
  /** What stood in the inbox, as it stood there: session, id, seq, type, body, … */
  readonly fields: Readonly<Record<string, string>>;
}

/** An entry on its way out. */
export interface Burial {
  readonly inbox: string;
  readonly inboxId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly deliveries: number;
}

const ADVICE: Record<string, string> = {
  'deliveries-exhausted':
    'Find the fault of the handler in its log at the time of the letter, fix it, then retry; drop it if the session has ended.',
  unreadable: 'The sender wrote another form than the contract: fix the sender and let it publish again, then drop this one.',
  'unknown-pattern':
    'No handler of this service takes this type: deploy the service that does, or correct the addressee, then retry.',
  'newer-schema': 'The sender is newer than the reader: update the reader, then retry.',
  refused: 'The handler says that repeating cannot help; read the detail, correct the cause, then retry or drop.',
  superseded: 'Another answer is on record for this seat and stands; drop this one after comparing the two.',
};
const FALLBACK_ADVICE = 'Read the detail, correct the cause, then retry or drop.';

const Letter = z.object({
  inbox: z.string(),
  inboxId: z.string(),
  reason: z.string(),
  detail: z.string(),
  deliveries: z.coerce.number(),
  fields: z
    .string()
    .transform((json): unknown => JSON.parse(json))
    .pipe(z.record(z.string(), z.string())),
});

/** Where entries go that nobody can handle, so that none is lost and none holds up the others. */
export class DeadLetters {
  constructor(private readonly redis: RedisConnection) {}

  /** Keeps the entry. The caller acknowledges it afterwards, so a crash between the two leaves a second letter, never none. */
  async add({ inbox, inboxId, fields, deliveries }: Burial, reason: DeadLetterReason, detail: string): Promise<string> {
    const letter = [
      'inbox',
      inbox,
      'inboxId',
      inboxId,
      'reason',
      reason,
      'detail',
      detail.slice(0, 4_000),
      'deliveries',
      deliveries,
    ];
    return send(this.redis, z.string(), 'xadd', DEAD_LETTER_KEY, '*', ...letter, 'fields', JSON.stringify(fields));
  }

  /** Oldest first; `after` is the id of the last one seen. */
  async list({ limit = 100, after }: { limit?: number; after?: string } = {}): Promise<DeadLetter[]> {
    const from = after === undefined ? '-' : `(${after}`;
    return (await send(this.redis, RawEntries, 'xrange', DEAD_LETTER_KEY, from, '+', 'COUNT', limit)).map(letterOf);
  }

  async count(): Promise<number> {
    return send(this.redis, Count, 'xlen', DEAD_LETTER_KEY);
  }

  /** Puts the entry back into its inbox, where it counts as new. Answers its new id there. */
  async retry(id: string): Promise<string> {
    const [raw] = await send(this.redis, RawEntries, 'xrange', DEAD_LETTER_KEY, id, id);
    if (!raw) throw new NoSuchDeadLetterError(id);
    const { inbox, fields } = letterOf(raw);
    const inboxId = await send(this.redis, z.string(), 'xadd', inboxKey(inbox), '*', ...Object.entries(fields).flat());
    await send(this.redis, AnyReply, 'xdel', DEAD_LETTER_KEY, id);
    return inboxId;
  }

  async drop(id: string): Promise<void> {
    if ((await send(this.redis, Count, 'xdel', DEAD_LETTER_KEY, id)) === 0) throw new NoSuchDeadLetterError(id);
  }
}

const letterOf = ([id, flat]: RawEntry): DeadLetter => {
  const letter = Letter.parse(fieldsOf(flat ?? []));
  return { id, ...letter, advice: ADVICE[letter.reason] ?? FALLBACK_ADVICE };
};
