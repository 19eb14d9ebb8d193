import { RECORD } from '@inquest/agent';
import type { DecisionMade } from '@inquest/contracts';
import { toProposal, type Proposal } from '@inquest/debate';
import type { Record as SessionRecord, RecordedEvent, SessionPage, SessionSummary } from '@inquest/record';
import { Controller, Get, Headers, Inject, Param, Query, Res, Sse, type MessageEvent } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { EMPTY, interval, map, merge, share, takeUntil, last, type Observable } from 'rxjs';
import { Needs } from '../auth/needs.decorator.js';
import type { Response } from '../http/gateway-request.js';
import { Problem } from '../problems/problem.js';
import { SessionFeed } from './session-feed.js';
import type { Shown } from './shown.js';
import { SessionRef, SessionsQuery } from './sessions.queries.js';

const KEEP_ALIVE_MS = 15_000;
/** Characters that may wait for a slow client: an opening with its evidence must fit several times. */
const PENDING_MAX = 32 * 1024 * 1024;

/** What was said, in one line; the words themselves are in the events. */
export interface Said {
  readonly seq: number;
  readonly type: string;
  readonly role: string;
  readonly mind: string;
  readonly vote: string | null;
  readonly degraded: boolean;
  readonly onBehalfOf: string | null;
  readonly latencyMs: number;
  readonly occurredAt: string;
  readonly eventHash: string;
  /** Why this version cannot read the message; its envelope is shown all the same. */
  readonly unreadable?: string;
}

export interface SessionView extends SessionSummary {
  readonly timeline: readonly Said[];
  /** Null until it is made, and when this version cannot read it; the timeline then says so. */
  readonly decision: DecisionMade['data'] | null;
  readonly proposal: Proposal | null;
}

/** Sessions as the record has them: what is not committed does not exist here. */
@ApiTags('sessions')
@Controller('v1/sessions')
@Needs('viewer')
export class SessionsController {
  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    private readonly feed: SessionFeed,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Sessions, newest first, page by page' })
  list(@Query({ schema: SessionsQuery }) query: SessionsQuery): Promise<SessionPage> {
    return this.record.sessions.list(defined(query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One session: where it stands, who said what when, and what was decided' })
  async one(@Param({ schema: SessionRef }) { id: sessionId }: SessionRef): Promise<SessionView> {
    const summary = await this.known(sessionId);
    const events = await this.record.sessions.events(sessionId);
    const decided = events.map(({ published }) => published?.message).find((message) => message?.type === 'decision.made');
    return {
      ...summary,
      timeline: events.map(said),
      decision: decided?.data ?? null,
      proposal: decided ? toProposal(decided.data) : null,
    };
  }

  @Sse(':id/events', { maxPendingDataLength: PENDING_MAX })
  @ApiOperation({ summary: 'The session’s messages as they are committed; ends after the terminal one' })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'seq of the last message seen; what follows it is sent' })
  async events(
    @Param({ schema: SessionRef }) { id: sessionId }: SessionRef,
    @Res({ passthrough: true }) response: Response,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<Observable<MessageEvent>> {
    const afterSeq = seqOf(lastEventId);
    const { status } = await this.known(sessionId);
    const ended = status === 'decided' || status === 'failed';
    if (ended && (await this.record.sessions.events(sessionId, afterSeq)).length === 0) {
      // Tells an EventSource that there is nothing to come back for.
      response.status(204);
      return EMPTY;
    }
    const messages = this.feed.follow(sessionId, afterSeq).pipe(share());
    const keepAlive = interval(KEEP_ALIVE_MS).pipe(
      map((): MessageEvent => ({ comment: 'keep-alive' })),
      takeUntil(messages.pipe(last(null, null))),
    );
    return merge(messages.pipe(map(eventOf)), keepAlive);
  }

  private async known(sessionId: string): Promise<SessionSummary> {
    const summary = await this.record.sessions.get(sessionId);
    if (!summary) throw Problem.notFound(`There is no session ${sessionId}.`);
    return summary;
  }
}

const seqOf = (lastEventId: string | undefined): number => {
  if (lastEventId === undefined || lastEventId === '') return 0;
  if (!/^\d{1,9}$/.test(lastEventId))
    throw Problem.invalid('Last-Event-ID: give the number (seq) of the last event seen.', [
      { path: 'Last-Event-ID', message: 'not a number' },
    ]);
  return Number(lastEventId);
};

const eventOf = (published: Shown): MessageEvent => ({
  id: String(published.seq),
  type: published.message.type,
  data: published,
});

const said = ({ seq, envelope, problem }: RecordedEvent): Said => {
  const { type, role, mind, vote, degraded, onBehalfOf, latencyMs, occurredAt, eventHash } = envelope;
  const told = { seq, type, role, mind, vote, degraded, onBehalfOf, latencyMs, occurredAt, eventHash };
  return problem === null ? told : { ...told, unreadable: problem };
};

/** Without the members that are not given, as exact optional types want it. */
const defined = <T extends object>(query: T): T =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as T;
