import type { RecordableEvent } from '@inquest/record';
import type { InboxEntry } from '@inquest/streams';
import { z } from 'zod';

/** An entry whose body is here. */
export type Delivered = InboxEntry & { readonly body: string };

export const eventOf = ({ seq, id, body, session }: Delivered): RecordableEvent => ({
  seq,
  streamId: id,
  body,
  sessionId: session,
});

/** What the record and Redis can take. An inbox takes any text, and text that they refuse would stop all who came with it. */
const Fit = z.object({
  session: z.uuid(),
  // Both halves are unsigned 64-bit numbers to Redis; the first is a time.
  id: z.string().regex(/^\d{1,16}-\d{1,19}$/),
  seq: z.int32(),
});

/** Why the entry cannot be one of ours; null when it can. */
export const misfit = (entry: InboxEntry): string | null => {
  const parsed = Fit.safeParse(entry);
  return parsed.success ? null : z.prettifyError(parsed.error);
};
