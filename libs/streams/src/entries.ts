import { z } from 'zod';
import { UnrecoverableEntryError } from './errors.js';

/** Milliseconds and a counter, given by Redis: `1763726700000-0`. */
export const StreamId = z.string().regex(/^\d+-\d+$/);

/** The moment, in epoch milliseconds of Redis' clock, at which an entry was written. */
export const entryTimeMs = (streamId: string): number => Number(streamId.split('-', 1)[0]);

/** Orders stream ids as Redis does. */
export const compareStreamIds = (left: string, right: string): number => {
  const [leftMs = 0, leftSeq = 0] = left.split('-').map(Number);
  const [rightMs = 0, rightSeq = 0] = right.split('-').map(Number);
  return leftMs - rightMs || leftSeq - rightSeq;
};

/** What Redis answers for one entry. The fields are null when the entry was deleted while somebody still had it pending. */
export type RawEntry = [id: string, fields: string[] | null];

const isString = (value: unknown): boolean => typeof value === 'string';
const isRawEntry = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 2 &&
  isString(value[0]) &&
  (value[1] === null || (Array.isArray(value[1]) && value[1].every(isString)));

/** One look at each string, and no copies: a read brings hundreds of entries, each of ten strings and more. */
export const RawEntries = z
  .custom<(RawEntry | null)[]>(
    (value) => Array.isArray(value) && value.every((entry) => entry === null || isRawEntry(entry)),
    'expected a list of [id, [name, value, …]]',
  )
  .transform((entries) => entries.filter((entry) => entry !== null));

/** Redis writes a field list as name, value, name, value. */
export const fieldsOf = (flat: readonly string[]): Record<string, string> => {
  // Without a prototype a field called `__proto__` is one like any other.
  const fields = Object.create(null) as Record<string, string>;
  for (let index = 0; index + 1 < flat.length; index += 2) fields[flat[index] as string] = flat[index + 1] as string;
  return fields;
};

const Seq = z.coerce.number().int().min(1);
const Traceparent = z
  .string()
  .max(200)
  .optional()
  .transform((value) => value || null);

const StreamFields = z.object({
  seq: Seq,
  type: z.string().min(1),
  role: z.string().min(1),
  body: z.string(),
  traceparent: Traceparent,
});

/** One event of a session as it stands in the session's stream. `body` is the message as JSON, exactly as it was sealed. */
export interface StreamEntry {
  /** Given by Redis; its first part is the time of publication, see `entryTimeMs`. */
  readonly id: string;
  /** 1, 2, … within the session. */
  readonly seq: number;
  readonly type: string;
  readonly role: string;
  readonly body: string;
  /** W3C trace context of whoever published. */
  readonly traceparent: string | null;
}

/** Either the entry, or what is wrong with it: somebody wrote into the stream what no publisher writes. */
export const streamEntryOrFault = ([id, fields]: RawEntry): StreamEntry | UnrecoverableEntryError => {
  const given = fieldsOf(fields ?? []);
  const parsed = StreamFields.safeParse(given);
  if (parsed.success) return { id, ...parsed.data };
  const problems = `entry ${id} lacks the fields of an event: ${z.prettifyError(parsed.error)}`;
  return new UnrecoverableEntryError('unreadable', problems, { id, fields: given });
};

/** @throws {UnrecoverableEntryError} for an entry that will never become readable. */
export const streamEntry = (raw: RawEntry): StreamEntry => {
  const entry = streamEntryOrFault(raw);
  if (entry instanceof UnrecoverableEntryError) throw entry;
  return entry;
};

const InboxFields = z.object({
  session: z.string().min(1),
  id: StreamId,
  seq: Seq,
  type: z.string().min(1),
  body: z
    .string()
    .optional()
    .transform((value) => value ?? null),
  traceparent: Traceparent,
});

/** What wakes a service: an event of some session that is addressed to it. */
export interface InboxEntry {
  readonly inbox: string;
  /** Id within the inbox; acknowledging happens by it. */
  readonly inboxId: string;
  readonly session: string;
  /** Id within the session's stream. */
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  /** The message as JSON; null when it was too big to travel, or where sessions do instead: read it from the session's stream. */
  readonly body: string | null;
  readonly traceparent: string | null;
  /** The session up to this event, where it travelled along; else empty, and its stream has it. */
  readonly said: readonly StreamEntry[];
  /** How often it has been handed out, this time included. More than 1: somebody may have handled it before. */
  readonly deliveries: number;
}

/** Either the entry, or what is wrong with it. */
export const inboxEntry = (
  inbox: string,
  [inboxId, flat]: RawEntry,
  deliveries: number,
): InboxEntry | { readonly problems: string } => {
  const fields = fieldsOf(flat ?? []);
  const parsed = InboxFields.safeParse(fields);
  if (!parsed.success) return { problems: z.prettifyError(parsed.error) };
  return { inbox, inboxId, deliveries, ...parsed.data, said: saidIn(fields) };
};

/** What is not as the publish script writes it is as good as not there. */
const saidIn = (fields: Readonly<Record<string, string>>): StreamEntry[] => {
  const said: StreamEntry[] = [];
  for (let n = 1; ; n += 1) {
    const head = fields[`said:${n}`];
    if (head === undefined) return said;
    const [id = '', seq, type, role, traceparent] = head.split(' ');
    const parsed = StreamFields.safeParse({ seq, type, role, traceparent, body: fields[`body:${n}`] });
    if (!parsed.success || !StreamId.safeParse(id).success) return [];
    said.push({ id, ...parsed.data });
  }
};
