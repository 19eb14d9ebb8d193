import { z } from 'zod';
import { errorClassOf } from './error-class.js';
import { IncompleteDeadLetterError, messageOf, NoSuchDeadLetterError, type DeadLetterReason } from './errors.js';
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
  /** Kind and place of the error that a handler broke with, `TypeError at TurnRunner.take`; empty when there was none. */
  readonly errorClass: string;
  /** What to do about it. */
  readonly advice: string;
  readonly deliveries: number;
  /** What stood in the inbox, as it stood there: session, id, seq, type, body, … */
  readonly fields: Readonly<Record<string, string>>;
  /** Characters left out of `fields` because they were too many; such a letter cannot be retried. */
  readonly cutChars: number;
}

export interface DeadLettersOptions {
  /** Takes secrets out of details: errors quote what they choked on. Default: as it is. */
  readonly redact?: (text: string) => string;
}

/** An entry on its way out. */
export interface Burial {
  readonly inbox: string;
  readonly inboxId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly deliveries: number;
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'deliveries-exhausted',
    'Find the fault of the handler by its error class and in its log at the time of the letter, fix it, then retry; drop it if the session has ended.',
  ],
  ['unreadable', 'The sender wrote another form than the contract: fix the sender and let it publish again, then drop this one.'],
  [
    'unknown-pattern',
    'No handler of this service takes this type: deploy the service that does, or correct the addressee, then retry.',
  ],
  [
    'unknown-session',
    'Neither Redis nor the record knows the session: look for whoever wrote the entry; retry if it is there by now.',
  ],
  ['newer-schema', 'The sender is newer than the reader: update the reader, then retry.'],
  ['refused', 'The handler says that repeating cannot help; read the detail, correct the cause, then retry or drop.'],
  ['superseded', 'Another answer is on record for this seat and stands; drop this one after comparing the two.'],
  ['not-a-letter', 'Somebody wrote something else among the dead letters: drop it.'],
]);
const FALLBACK_ADVICE = 'Read the detail, correct the cause, then retry or drop.';

const Letter = z.object({
  inbox: z.string(),
  inboxId: z.string(),
  reason: z.string(),
  detail: z.string(),
  errorClass: z.string().default(''),
  deliveries: z.coerce.number(),
  cutChars: z.coerce.number().default(0),
  fields: z
    .string()
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch (error) {
        context.addIssue(messageOf(error));
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string(), z.string())),
});

const DETAIL_MAX = 4_000;
/** Of one field. Bodies over 8 kB travel as pointers, so no entry of ours is as long; a hundred letters fit into one answer. */
const FIELD_MAX = 256 * 1_024;

/** Where entries go that nobody can handle, so that none is lost and none holds up the others. */
export class DeadLetters {
  private readonly redact: (text: string) => string;

  constructor(
    private readonly redis: RedisConnection,
    { redact = (text) => text }: DeadLettersOptions = {},
  ) {
    this.redact = redact;
  }

  /** Keeps the entry; `error` is what its handler broke with, if it did. The caller acknowledges it afterwards, so a crash between the two leaves a second letter, never none. */
  async add(
    { inbox, inboxId, fields, deliveries }: Burial,
    reason: DeadLetterReason,
    detail: string,
    error?: unknown,
  ): Promise<string> {
    const kept = Object.entries(fields).map(([name, value]): [string, string] => [name, value.slice(0, FIELD_MAX)]);
    const cutChars = Object.values(fields).reduce((cut, value) => cut + Math.max(0, value.length - FIELD_MAX), 0);
    const letter = {
      ...{ inbox, inboxId, reason, detail: this.detailOf(detail), deliveries, cutChars },
      errorClass: error === undefined ? '' : errorClassOf(error),
      fields: JSON.stringify(Object.fromEntries(kept)),
    };
    return send(this.redis, z.string(), 'xadd', DEAD_LETTER_KEY, '*', ...Object.entries(letter).flat());
  }

  /** A detail as it is kept: without secrets, and not endless. */
  detailOf(detail: string): string {
    // Cut before too: it may quote ten megabytes, and looking for secrets in them would take its time.
    return this.redact(detail.slice(0, 2 * DETAIL_MAX))
      .slice(0, DETAIL_MAX)
      .toWellFormed();
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
    const { inbox, fields, reason, cutChars } = letterOf(raw);
    if (reason === NOT_A_LETTER || cutChars > 0) throw new IncompleteDeadLetterError(id);
    const inboxId = await send(this.redis, z.string(), 'xadd', inboxKey(inbox), '*', ...Object.entries(fields).flat());
    await send(this.redis, AnyReply, 'xdel', DEAD_LETTER_KEY, id);
    return inboxId;
  }

  async drop(id: string): Promise<void> {
    if ((await send(this.redis, Count, 'xdel', DEAD_LETTER_KEY, id)) === 0) throw new NoSuchDeadLetterError(id);
  }
}

const NOT_A_LETTER = 'not-a-letter';

/** What stands among the letters and is none is shown all the same: it must not hide the others. */
const letterOf = ([id, flat]: RawEntry): DeadLetter => {
  const fields = fieldsOf(flat ?? []);
  const parsed = Letter.safeParse(fields);
  const letter = parsed.success
    ? parsed.data
    : {
        ...{ inbox: '', inboxId: '', reason: NOT_A_LETTER, errorClass: '', deliveries: 0, cutChars: 0 },
        detail: `this is no letter of ours: ${z.prettifyError(parsed.error)}`,
        fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.slice(0, 100), value.slice(0, 1_000)])),
      };
  return { id, ...letter, advice: ADVICE.get(letter.reason) ?? FALLBACK_ADVICE };
};
