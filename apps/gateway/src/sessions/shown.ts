import type { Envelope } from '@inquest/contracts';
import type { RecordedEvent } from '@inquest/record';

/** A committed message as clients see it. Of one that a newer version wrote, or that is damaged, only the envelope can be relied on. */
export interface Shown {
  readonly seq: number;
  readonly streamId: string;
  readonly message: Envelope;
}

export const shown = ({ seq, streamId, envelope }: RecordedEvent): Shown => ({ seq, streamId, message: envelope });
