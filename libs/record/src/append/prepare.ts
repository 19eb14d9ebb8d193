import { isTerminal, maySay, safely, SCHEMA_VERSION, seatOf } from '@inquest/contracts';
import { z } from 'zod';
import type { InputRow } from '../envelope/columns.js';
import { RecordedEnvelope } from '../envelope/envelope-json.js';
import { toRow, UnstorableValueError } from '../envelope/to-row.js';
import type { Poisoned, RecordableEvent } from './append-result.js';

/** An event that can be tried. */
export interface Prepared {
  readonly event: RecordableEvent;
  readonly row: InputRow;
  readonly sessionId: string;
  readonly incidentId: string;
  readonly eventHash: string;
  readonly causes: readonly { readonly eventId: string; readonly eventHash: string }[];
  /** Equal for events that only one of may be on record: the same place, or two ends of one session. */
  readonly place: string;
}

export type Preparation = { readonly prepared: Prepared } | { readonly poisoned: Poisoned };

/** Parses one event. What cannot be read or stored is poisoned and says why; it never holds up its neighbours. */
export const prepare = (event: RecordableEvent): Preparation => {
  let raw: unknown;
  try {
    raw = JSON.parse(event.body);
  } catch (error) {
    return { poisoned: poisoned(event, undefined, `The body is not JSON: ${messageOf(error)}`) };
  }
  const parsed = safely(RecordedEnvelope, raw);
  if (!parsed.success)
    return { poisoned: poisoned(event, raw, `The envelope does not fit its contract: ${problems(parsed.error)}`) };
  const envelope = parsed.data;
  if (event.sessionId !== undefined && envelope.sessionId.toLowerCase() !== event.sessionId.toLowerCase())
    return {
      poisoned: poisoned(
        event,
        raw,
        `The message names session ${envelope.sessionId}, but came out of the stream of ${event.sessionId}.`,
      ),
    };
  // An end is released as soon as it is on record: nobody who may not say it must be able to.
  if (isTerminal(envelope.type) && envelope.schemaVersion <= SCHEMA_VERSION && !maySay(envelope.role, envelope.type))
    return { poisoned: poisoned(event, raw, `The role ${envelope.role} never says ${envelope.type}.`) };
  try {
    // Taken from `raw`, not from what zod made of it: defaults filled in would change the hash.
    const row = toRow(raw as z.input<typeof RecordedEnvelope>, event);
    const sessionId = envelope.sessionId.toLowerCase();
    const place = isTerminal(envelope.type) ? `${sessionId}/end` : `${sessionId}/${seatOf(envelope)}`;
    const { causes, eventHash } = envelope;
    return { prepared: { event, row, sessionId, incidentId: envelope.incidentId.toLowerCase(), eventHash, causes, place } };
  } catch (error) {
    if (error instanceof UnstorableValueError) return { poisoned: poisoned(event, raw, error.message) };
    // JSON.parse takes any depth, JSON.stringify does not.
    if (error instanceof RangeError) return { poisoned: poisoned(event, raw, `The data is nested too deep: ${error.message}`) };
    throw error;
  }
};

/** In the order of their sessions and, within one, of the debate: causes stand before what they caused. */
export const inOrder = (left: Prepared, right: Prepared): number =>
  left.sessionId === right.sessionId ? left.event.seq - right.event.seq : left.sessionId < right.sessionId ? -1 : 1;

const Origin = z.object({ sessionId: z.uuid().optional().catch(undefined), incidentId: z.uuid().optional().catch(undefined) });

const poisoned = (event: RecordableEvent, raw: unknown, reason: string): Poisoned => {
  const origin = Origin.safeParse(raw).data;
  return {
    event,
    sessionId: event.sessionId ?? origin?.sessionId ?? null,
    incidentId: origin?.incidentId ?? null,
    reason: reason.slice(0, REASON_MAX),
  };
};

const REASON_MAX = 2_000;

const problems = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
