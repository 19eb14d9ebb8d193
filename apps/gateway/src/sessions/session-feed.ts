import { LOGGER, RECORD } from '@inquest/agent';
import type { Record as SessionRecord } from '@inquest/record';
import type { Logger } from '@inquest/telemetry';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import { Observable, type Subscriber } from 'rxjs';
import { Listener } from './listener.js';
import { shown, type Shown } from './shown.js';

const EVERY_MS = 150;
/** How often a session is asked whether it has ended, for those who wait for a message that will not come. */
const ENDED_EVERY_MS = 1_000;
const FLUSH_MS = 50;
/** Fewer than the process has connections: listeners must not keep incidents waiting. */
const QUERIES_AT_ONCE = 2;

/**
 * The committed messages of sessions, as they are committed. One poller reads Postgres for all listeners of all
 * sessions, as long as somebody listens; a release wakes it at once. Redis is never asked, so nothing uncommitted shows.
 */
@Injectable()
export class SessionFeed implements BeforeApplicationShutdown {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly askedAtMs = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Messages after `afterSeq` in order, each once, up to and including the terminal one; then it completes. */
  follow(sessionId: string, afterSeq: number): Observable<Shown> {
    return new Observable((subscriber: Subscriber<Shown>) => {
      if (this.stopped) return subscriber.complete();
      const listener = new Listener(afterSeq, subscriber);
      const others = this.listeners.get(sessionId) ?? new Set();
      this.listeners.set(sessionId, others.add(listener));
      this.wake(sessionId);
      this.schedule();
      return () => this.leave(sessionId, listener);
    });
  }

  /** Looks at this session now rather than at the next tick. */
  wake(sessionId: string): void {
    if (this.listeners.has(sessionId)) void this.look(sessionId).catch((error: unknown) => this.complain(error));
  }

  /** Ends all streams; clients come back with Last-Event-ID, to another gateway. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    for (const listeners of this.listeners.values()) for (const listener of [...listeners]) listener.complete();
    // The connections are cut right after; what ends the responses has to leave first.
    await setTimeoutAsync(FLUSH_MS);
  }

  private leave(sessionId: string, listener: Listener): void {
    const others = this.listeners.get(sessionId);
    others?.delete(listener);
    if (others?.size !== 0) return;
    this.listeners.delete(sessionId);
    this.askedAtMs.delete(sessionId);
  }

  private schedule(): void {
    if (this.stopped || this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.poll(), EVERY_MS);
  }

  private async poll(): Promise<void> {
    const sessions = [...this.listeners.keys()];
    try {
      for (let at = 0; at < sessions.length; at += QUERIES_AT_ONCE)
        await Promise.all(sessions.slice(at, at + QUERIES_AT_ONCE).map((sessionId) => this.look(sessionId)));
    } catch (error) {
      this.complain(error);
    }
    this.timer = undefined;
    if (this.listeners.size > 0) this.schedule();
  }

  private async look(sessionId: string): Promise<void> {
    const listeners = [...(this.listeners.get(sessionId) ?? [])];
    if (listeners.length === 0) return;
    const afterSeq = Math.min(...listeners.map(({ seq }) => seq));
    // Asked before the messages are read: those of a session that has ended by now include its end.
    const ended = await this.hasEnded(sessionId);
    const messages = (await this.record.sessions.events(sessionId, afterSeq)).map(shown);
    for (const listener of listeners) listener.offer(messages, performance.now(), ended);
  }

  private async hasEnded(sessionId: string): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - (this.askedAtMs.get(sessionId) ?? Number.NEGATIVE_INFINITY) < ENDED_EVERY_MS) return false;
    this.askedAtMs.set(sessionId, nowMs);
    return !(await this.record.openSessions.isOpen(sessionId));
  }

  private complain(error: unknown): void {
    this.logger.warn({ err: error }, 'sessions could not be read for their listeners; the next look follows');
  }
}
