import { Envelope } from '@inquest/contracts';
import { z } from 'zod';

/**
 * An envelope whose data is taken as it is: it came out of `JSON.parse`, and what its type demands is for its readers
 * to check. Unknown fields stay, since the event hash covers them.
 */
export const RecordedEnvelope = z.looseObject({ ...Envelope.shape, data: z.unknown() });

/** As published: optional fields may be absent, unknown ones present. */
export type EnvelopeJson = z.input<typeof RecordedEnvelope>;
