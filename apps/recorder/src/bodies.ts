import { RECORD } from '@inquest/agent';
import { BATCH_BYTES_MAX, type Record as SessionRecord } from '@inquest/record';
import { SessionStreams, type InboxEntry } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { Burials } from './burials.js';
import type { Delivered } from './delivered.js';
import { Releases } from './releases.js';
import { problemOf, throwTrouble } from './trouble.js';

/** Bodies fetched side by side while all of them are sure to fit. */
const AT_ONCE = 4;

/** Some of a delivery: what can be appended now, and what is finished without that. */
export interface Slice {
  readonly delivered: readonly Delivered[];
  readonly settled: readonly InboxEntry[];
}

type Fetched = { readonly entry: Delivered } | { readonly settled: InboxEntry };

/** Brings the bodies that were too big for the inbox. */
@Injectable()
export class Bodies {
  constructor(
    private readonly streams: SessionStreams,
    private readonly releases: Releases,
    private readonly burials: Burials,
    @Inject(RECORD) private readonly record: SessionRecord,
  ) {}

  /**
   * The entries with their bodies, in order, in slices of at most `BATCH_BYTES_MAX`; a bigger body is a slice of its
   * own. The next slice is fetched when it is asked for, so that memory is bounded by bytes and not by entries.
   */
  async *slices(entries: readonly InboxEntry[], bytesMax = BATCH_BYTES_MAX): AsyncGenerator<Slice> {
    let delivered: Delivered[] = [];
    let settled: InboxEntry[] = [];
    let bytes = 0;
    let largest = bytesMax;
    let rest = entries;
    while (rest.length > 0) {
      const together = rest.slice(0, bytes + AT_ONCE * largest <= bytesMax ? AT_ONCE : 1);
      rest = rest.slice(together.length);
      for (const fetched of await Promise.all(together.map((entry) => this.fetch(entry)))) {
        if ('settled' in fetched) {
          settled.push(fetched.settled);
          continue;
        }
        const size = Buffer.byteLength(fetched.entry.body);
        if (delivered.length > 0 && bytes + size > bytesMax) {
          yield { delivered, settled };
          [delivered, settled, bytes] = [[], [], 0];
        }
        delivered.push(fetched.entry);
        bytes += size;
        largest = largest === bytesMax ? size : Math.max(largest, size);
      }
    }
    yield { delivered, settled };
  }

  /** An entry that is not as it should be is settled here, without its neighbours. */
  private async fetch(entry: InboxEntry): Promise<Fetched> {
    if (entry.body !== null) return { entry: { ...entry, body: entry.body } };
    try {
      const whole = await this.streams.withBody(entry);
      if (whole) return { entry: whole };
      await this.giveUp(entry);
    } catch (error) {
      throwTrouble(error);
      const detail = `its body cannot be read from the session's stream: ${problemOf(error)}`;
      await this.burials.bury(entry, 'unreadable', detail, error);
    }
    return { settled: entry };
  }

  /** Its body stood in a stream that is gone. Mostly it is on record since an earlier delivery; then only its release may be owed. */
  private async giveUp(entry: InboxEntry): Promise<void> {
    const row = (await this.record.sessions.events(entry.session, entry.seq - 1)).find(({ streamId }) => streamId === entry.id);
    if (!row)
      return this.burials.bury(
        entry,
        'body-lost',
        `the stream of session ${entry.session} is gone, and with it this event, which was too big for the inbox`,
      );
    const { sessionId, incidentId, eventHash, type } = row.envelope;
    await this.releases.release([{ sessionId, incidentId, eventHash, type, seq: row.seq }]);
  }
}
