import { brokenMessages } from '@inquest/cli';
import { fold, recompute } from '@inquest/debate';
import type { Record as SessionRecord, RecordedEvent } from '@inquest/record';
import { performance } from 'node:perf_hooks';

/** Sessions per second, one after the other. */
export interface ReplaySpeed {
  readonly sessions: number;
  /** Read from the record and folded. */
  readonly replay: number;
  /** Read, every hash of every message taken again, folded, decided by the gates again, and compared with the recorded decision. */
  readonly recompute: number;
  /** The same without reading. */
  readonly recomputeInMemory: number;
  /** Sessions whose hashes do not fit or whose decision comes out otherwise. */
  readonly different: number;
}

export const replaySpeed = async (record: SessionRecord, sessionIds: readonly string[]): Promise<ReplaySpeed> => {
  const amount = sessionIds.length;
  const read: RecordedEvent[][] = [];
  let readMs = 0;
  let foldMs = 0;
  for (const sessionId of sessionIds) {
    const askedAt = performance.now();
    const events = await record.sessions.events(sessionId);
    const readAt = performance.now();
    fold(events.flatMap(({ published }) => published ?? []));
    readMs += readAt - askedAt;
    foldMs += performance.now() - readAt;
    read.push(events);
  }
  const startedAt = performance.now();
  const different = read.filter((events) => !agrees(events)).length;
  const recomputeMs = performance.now() - startedAt;
  const perSecond = (ms: number): number => Math.round((amount * 1_000) / ms);
  return {
    sessions: amount,
    replay: perSecond(readMs + foldMs),
    recompute: perSecond(readMs + recomputeMs),
    recomputeInMemory: perSecond(recomputeMs),
    different,
  };
};

/** As `inquest replay --recompute` compares: where no gate decided, hashes alone. */
const agrees = (events: readonly RecordedEvent[]): boolean => {
  const readable = events.flatMap(({ published, envelope }) => (published ? [{ published, raw: { ...envelope } }] : []));
  if (readable.length < events.length || brokenMessages(readable).length > 0) return false;
  const messages = readable.map(({ published }) => published);
  const opened = messages[0]?.message;
  const single = opened?.type === 'session.opened' && opened.data.path === 'single';
  return single || messages.at(-1)?.message.type === 'session.failed' || recompute(messages).same;
};
