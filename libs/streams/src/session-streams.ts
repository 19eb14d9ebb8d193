import { z } from 'zod';
import { AnyReply, send } from './send.js';
import { armDeadline, disarm } from './deadlines.js';
import { isCrossSlot, isForeignKey, messageOf, UnexpectedReplyError, UnrecoverableEntryError } from './errors.js';
import {
  compareStreamIds,
  RawEntries,
  streamEntry,
  streamEntryOrFault,
  type InboxEntry,
  type RawEntry,
  type StreamEntry,
} from './entries.js';
import { answersKey, DEADLINES_KEY, inboxKey, rebuildKeys, sessionKey } from './keys.js';
import { leftBehind, sessionsLeftBehind } from './left-behind.js';
import { nowhere, type AtPoint } from './points.js';
import type { Publication, PublishResult, StoredEntry } from './publication.js';
import { isCluster, type RedisConnection } from './redis-connection.js';
import { acknowledgeScript, expireScript, publishScript, rebuildScript, storeScript, type StoreReply } from './scripts/index.js';
import type { StreamEvents } from './stream-events.js';

export interface SessionStreamsOptions {
  /** The consumer groups of every session's stream. */
  readonly groups: readonly string[];
  /** Those that keep what they have pending when the session ends, because they still have to store it. Default: `recorder`. */
  readonly lastingGroups?: readonly string[];
  /** Bytes up to which a body also travels in the inbox; a bigger one is announced by its id alone. Default 8192. */
  readonly inboxBodyMax?: number;
  /**
   * Inboxes of those who fold the session anyway: instead of one body they get all of the session up to here, while that is short
   * enough and one script may have all keys; else nothing but the id. Default: none.
   */
  readonly withSession?: readonly string[];
  /** Bytes of all bodies up to which a session travels. Default 16 384. */
  readonly inboxSessionMax?: number;
  readonly events?: StreamEvents;
  readonly at?: AtPoint;
}

export interface Unacknowledged {
  readonly sessionId: string;
  readonly problem: string;
}

/**
 * The sessions' side of the transport: one stream per session, written through a script that takes one message per seat.
 *
 * On a cluster, publishing is two steps on two slots: store, then announce in the inboxes. A crash between them is healed by repeating the
 * publication, which finds the stored entry and announces that. So whoever publishes acknowledges what made it do so last.
 * A server of its own takes all of it in one script, acknowledgement included.
 */
export class SessionStreams {
  private readonly groups: readonly string[];
  private readonly lastingGroups: readonly string[];
  private readonly inboxBodyMax: number;
  private readonly withSession: ReadonlySet<string>;
  private readonly inboxSessionMax: number;
  private readonly events: StreamEvents;
  private readonly at: AtPoint;
  /** Whether one script may have the keys of session and inboxes. On a cluster none may, and there is no stopping inside of one. */
  private takesAllKeys: boolean;
  private underWay = 0;

  constructor(
    private readonly redis: RedisConnection,
    {
      groups,
      lastingGroups = ['recorder'],
      inboxBodyMax = 8_192,
      withSession = [],
      inboxSessionMax = 16_384,
      events = {},
      at = nowhere,
    }: SessionStreamsOptions,
  ) {
    this.groups = groups;
    this.lastingGroups = lastingGroups;
    this.inboxBodyMax = inboxBodyMax;
    this.withSession = new Set(withSession);
    this.inboxSessionMax = inboxSessionMax;
    this.events = events;
    this.at = at;
    this.takesAllKeys = !isCluster(redis) && at === nowhere;
  }

  /** Stores a message and announces what is stored. Resolves when every addressed inbox has it. */
  async publish(publication: Publication): Promise<PublishResult> {
    const result = await this.atOnceOr(
      () => this.publishAtOnce(publication),
      () => this.publishInSteps(publication),
    );
    this.events.published?.({ sessionId: publication.sessionId, type: publication.type, status: result.status });
    return result;
  }

  /**
   * The session's events in order, all of them or those after a stream id. Empty when there is no such session, which is
   * so too when its key holds something of another kind: nobody can read that, and a rebuild puts the stream in its place.
   */
  async read(sessionId: string, afterStreamId?: string): Promise<StreamEntry[]> {
    return (await this.raw(sessionId, afterStreamId === undefined ? '-' : `(${afterStreamId}`)).map(streamEntry);
  }

  /** As `read`, without the entries that are none: for whoever hands on what there is and judges none of it. */
  async readable(sessionId: string): Promise<StreamEntry[]> {
    return (await this.raw(sessionId, '-')).flatMap((raw) => {
      const entry = streamEntryOrFault(raw);
      return entry instanceof UnrecoverableEntryError ? [] : [entry];
    });
  }

  /** Whether messages can be published: stream and answers are both there, and are what their names say. */
  async exists(sessionId: string): Promise<boolean> {
    const kinds = [sessionKey(sessionId), answersKey(sessionId)].map((key) => send(this.redis, z.string(), 'type', key));
    return (await Promise.all(kinds)).join() === 'stream,hash';
  }

  /** The same entry with its body, read from the session's stream when it was too big to travel. Null when it is no longer there. */
  async withBody(entry: InboxEntry): Promise<(InboxEntry & { readonly body: string }) | null> {
    if (entry.body !== null) return { ...entry, body: entry.body };
    const [raw] = await send(this.redis, RawEntries, 'xrange', sessionKey(entry.session), entry.id, entry.id);
    return raw ? { ...entry, body: streamEntry(raw).body } : null;
  }

  /**
   * Puts a session back from the record: the stored entries under the ids they had, the answers they gave, whether it is closed.
   * Prepared beside and renamed into place. A session that is there stays as it is unless `replace` says that the record wins.
   * True when it was rebuilt. Nobody is woken: announce what is open with `wake`.
   */
  async rebuild(sessionId: string, entries: readonly StoredEntry[], closed: boolean, { replace = false } = {}): Promise<boolean> {
    if (entries.length === 0)
      throw new RangeError(`Session ${sessionId} has no stored entries to be rebuilt from; open it instead.`);
    await this.at('rebuild:begin');
    const sorted = distinct([...entries].sort((left, right) => compareStreamIds(left.id, right.id)));
    const keys = [sessionKey(sessionId), answersKey(sessionId), ...rebuildKeys(sessionId)];
    const flags = [replace ? '1' : '0', closed ? '1' : '0', this.groups.length, ...this.groups];
    const rows = sorted.flatMap(({ id, seq, key, type, role, body, traceparent }) => [
      id,
      seq,
      key,
      type,
      role,
      body,
      traceparent ?? '',
    ]);
    const rebuilt = await rebuildScript.run(this.redis, ...keys, ...flags, ...rows);
    await this.at('rebuild:done');
    return rebuilt === 1;
  }

  /**
   * Takes entries off a group's pending lists, by session. For the group that stores them, after they are stored. Answers the sessions
   * whose key takes none, as something of another kind stands there.
   */
  async acknowledge(group: string, idsBySession: ReadonlyMap<string, readonly string[]>): Promise<Unacknowledged[]> {
    const lists = [...idsBySession].filter(([, ids]) => ids.length > 0);
    if (lists.length === 0) return [];
    const keys = lists.map(([sessionId]) => sessionKey(sessionId));
    const failed = await this.atOnceOr(
      () => acknowledgeScript.run(this.redis, keys.length, ...keys, group, ...lists.flatMap(([, ids]) => list(ids))),
      async () => {
        const each = lists.map(([, ids], index) => send(this.redis, AnyReply, 'xack', keys[index] ?? '', group, ...ids));
        return (await Promise.allSettled(each)).flatMap((one, index): [number, string][] => {
          if (one.status === 'fulfilled') return [];
          if (!isForeignKey(one.reason)) throw one.reason;
          return [[index + 1, messageOf(one.reason)]];
        });
      },
    );
    return failed.map(([place, problem]) => ({ sessionId: lists[place - 1]?.[0] ?? '', problem }));
  }

  /** Lets the sessions' keys go after some seconds; only once their terminal events are in the record. */
  async expire(sessionIds: readonly string[], seconds: number): Promise<void> {
    const keys = sessionIds.flatMap((sessionId) => [sessionKey(sessionId), answersKey(sessionId)]);
    if (keys.length === 0) return;
    await this.atOnceOr(
      () => expireScript.run(this.redis, keys.length, ...keys, seconds),
      () => Promise.all(keys.map((key) => send(this.redis, AnyReply, 'expire', key, seconds))),
    );
  }

  /**
   * Open sessions, and those that have ended and were never let go of or still have something pending: what is to be looked at once a
   * server has come back with less than it had. Walks over all keys.
   */
  leftBehind(): Promise<string[]> {
    return sessionsLeftBehind(this.redis, (ids) =>
      this.atOnceOr(
        () => leftBehind(this.redis, ids, this.lastingGroups),
        async () => (await Promise.all(ids.map((id) => leftBehind(this.redis, [id], this.lastingGroups)))).flat(),
      ),
    );
  }

  /** Whether `leftBehind` would still name it. */
  async isLeftBehind(sessionId: string): Promise<boolean> {
    return (await leftBehind(this.redis, [sessionId], this.lastingGroups)).length > 0;
  }

  /** Announces a stored entry in one inbox (again): for recovery, and for what is released after it was recorded. */
  async wake(inbox: string, sessionId: string, entry: StreamEntry): Promise<void> {
    const fields = [
      'session',
      sessionId,
      'id',
      entry.id,
      'seq',
      entry.seq,
      'type',
      entry.type,
      'traceparent',
      entry.traceparent ?? '',
    ];
    const body = !this.withSession.has(inbox) && this.travels(entry.body) ? ['body', entry.body] : [];
    await send(this.redis, AnyReply, 'xadd', inboxKey(inbox), '*', ...fields, ...body);
  }

  /** By one script where one may have all keys, else key by key. Both must bear being repeated. */
  private async atOnceOr<T, U>(atOnce: () => Promise<T>, byKey: () => Promise<U>): Promise<T | U> {
    if (!this.takesAllKeys) return byKey();
    try {
      return await atOnce();
    } catch (error) {
      if (!isCrossSlot(error)) throw error;
      this.takesAllKeys = false;
      return byKey();
    }
  }

  private raw(sessionId: string, from: string): Promise<RawEntry[]> {
    return send(this.redis, RawEntries, 'xrange', sessionKey(sessionId), from, '+').catch((error: unknown) => {
      if (isForeignKey(error)) return [];
      throw error;
    });
  }

  private async publishAtOnce(publication: Publication): Promise<PublishResult> {
    const { sessionId, to, joining, deadlineAtMs, deadlineInMs, finishing } = publication;
    const inboxes = finishing ? [...to, finishing.inbox] : to;
    const keys = [sessionKey(sessionId), answersKey(sessionId), DEADLINES_KEY, ...inboxes.map(inboxKey)];
    const moment = [deadlineAtMs, deadlineInMs].map((ms) => (ms === undefined ? '' : Math.round(ms)));
    const flags = to.flatMap((inbox) => [
      this.withSession.has(inbox) ? 'session' : 'body',
      joining?.inboxes.includes(inbox) ? '1' : '0',
    ]);
    // Alone, whoever reads it next need not wake up twice. Under load it reads many sessions in one go, and that costs Redis less.
    const sessionMax = this.underWay === 0 ? this.inboxSessionMax : 0;
    const longest = [this.inboxBodyMax, sessionMax];
    const asked = [finishing?.group ?? '', finishing?.inboxId ?? ''];
    const rest = [...this.argumentsOf(publication), sessionId, ...moment, ...longest, ...asked, ...flags];
    this.underWay += 1;
    const sent = orGone(publishScript.run(this.redis, keys.length, ...keys, ...rest));
    const reply = await sent.finally(() => (this.underWay -= 1));
    if (reply[0] === 'foreign')
      throw new UnexpectedReplyError('aiopsPublish', `The key ${reply[1]} holds something of another kind; delete it.`);
    return { ...resultOf(publication, reply), ...(finishing && reply[0] !== 'gone' && { finished: true }) };
  }

  /** Arms, stores, announces. A crash in between is healed by repeating all of it. */
  private async publishInSteps(publication: Publication): Promise<PublishResult> {
    const { sessionId, to, joining } = publication;
    await this.at('publish:begin');
    await this.arm(publication);
    await this.at('publish:armed');
    const keys = [sessionKey(sessionId), answersKey(sessionId)];
    const reply = await orGone(storeScript.run(this.redis, ...keys, ...this.argumentsOf(publication)));
    const result = resultOf(publication, reply);
    await this.at('publish:stored');
    if ('entry' in result) {
      const { entry } = result;
      const isJoined = reply[3] === 1;
      const told = to.filter((inbox) => isJoined || !joining?.inboxes.includes(inbox));
      await Promise.all(told.map((inbox) => this.wake(inbox, sessionId, entry)));
    }
    await this.at('publish:announced');
    if (result.status === 'closed' || (publication.closes && result.status !== 'gone')) await disarm(this.redis, sessionId);
    await this.at('publish:disarmed');
    return result;
  }

  private argumentsOf(publication: Publication): (string | number)[] {
    const { key, type, role, body, to, joining, answering, opens, closes, traceparent } = publication;
    return [
      ...[key, type, role, body, traceparent ?? '', opens ? '1' : '0', closes ? '1' : '0', answering?.group ?? ''],
      ...list(answering?.streamIds ?? []),
      ...list(to.filter((inbox) => this.groups.includes(inbox))),
      // Only the two ends of a session concern every group; arguments that are not needed cost time on every message.
      ...list(opens || closes ? this.groups : []),
      ...list(closes ? this.lastingGroups : []),
      ...list(joining?.seats ?? []),
    ];
  }

  private arm({ sessionId, deadlineAtMs, deadlineInMs }: Publication): Promise<void> | undefined {
    if (deadlineAtMs !== undefined) return armDeadline(this.redis, sessionId, { atMs: deadlineAtMs });
    if (deadlineInMs !== undefined) return armDeadline(this.redis, sessionId, { inMs: deadlineInMs });
    return undefined;
  }

  private travels(body: string): boolean {
    // UTF-8 takes at least one byte per UTF-16 unit and at most three: most bodies need no counting.
    if (body.length * 3 <= this.inboxBodyMax) return true;
    return body.length <= this.inboxBodyMax && Buffer.byteLength(body) <= this.inboxBodyMax;
  }
}

/** Two rows have one id when Redis gave it, forgot that, and gave it again. It takes none twice, so the second follows the first. */
const distinct = (sorted: readonly StoredEntry[]): StoredEntry[] => {
  const entries: StoredEntry[] = [];
  for (const entry of sorted) {
    const last = entries.at(-1)?.id;
    entries.push(last !== undefined && compareStreamIds(entry.id, last) <= 0 ? { ...entry, id: idAfter(last) } : entry);
  }
  return entries;
};

const idAfter = (id: string): string => {
  const [ms = '0', n = '0'] = id.split('-');
  return `${ms}-${BigInt(n) + 1n}`;
};

/** Keys of another kind are as good as gone: the script has read before it wrote, and a rebuild replaces them. */
const orGone = <Reply>(stored: Promise<Reply>): Promise<Reply | ['gone']> =>
  stored.catch((error: unknown) => {
    if (isForeignKey(error)) return ['gone'];
    throw error;
  });

const resultOf = ({ type, role, body, traceparent }: Publication, reply: StoreReply): PublishResult => {
  switch (reply[0]) {
    case 'published':
      return { status: 'published', entry: { id: reply[1], seq: reply[2], type, role, body, traceparent: traceparent || null } };
    case 'already-answered':
      return { status: 'already-answered', entry: streamEntry([reply[1], reply[2]]) };
    default:
      return { status: reply[0] };
  }
};

const list = (items: readonly string[]): (string | number)[] => [items.length, ...items];
