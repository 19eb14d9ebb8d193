import { EventEmitter } from 'node:events';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { z } from 'zod';
import type { InboxEntry } from '../entries.js';
import { UnrecoverableEntryError } from '../errors.js';
import { InboxReader, type EntryHandler, type InboxReaderOptions } from '../reader/inbox-reader.js';
import { SessionStreams } from '../session-streams.js';
import { observeAll, type StreamEvents } from '../stream-events.js';
import { RedisStreamsContext } from './redis-streams-context.js';

/** For `@EventPattern(type, REDIS_STREAMS)` in applications with several transports. */
export const REDIS_STREAMS = Symbol('REDIS_STREAMS');

export type RedisStreamsStatus = 'connected' | 'disconnected' | 'stopped';
export type RedisStreamsEvents = { [Name in keyof StreamEvents]-?: NonNullable<StreamEvents[Name]> };

export interface RedisStreamsServerOptions extends Omit<InboxReaderOptions, 'handler' | 'batch'> {
  /**
   * What `@Payload()` is. `message` (default): the parsed body, fetched from the session's stream when it was too big to travel.
   * `entry`: the InboxEntry untouched, for handlers that fold the session's stream anyway.
   */
  readonly payload?: 'message' | 'entry';
  /** With `message`: a body whose `schemaVersion` is higher becomes a dead letter, since guessing is worse than waiting. */
  readonly schemaVersionMax?: number;
  /** How long `close` lets handlers finish. Default 10 000. */
  readonly drainMs?: number;
}

const Versioned = z.looseObject({ schemaVersion: z.number().optional() });

/**
 * A Nest transport over an inbox. Patterns are message types. A handler that resolves acknowledges its entry, one that throws gets it
 * again; UnrecoverableEntryError and unknown types become dead letters at once. Nest's own filter logs an error and replaces it by
 * "Internal server error" before we see it: use EntryExceptionFilter to find the true one in the dead letters.
 */
export class RedisStreamsServer extends Server<RedisStreamsEvents, RedisStreamsStatus> implements CustomTransportStrategy {
  override readonly transportId = REDIS_STREAMS;
  /** A failed event handler is ours to judge, not Nest's to log and forget. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly emitter = new EventEmitter();
  private readonly reader: InboxReader;
  private readonly streams: SessionStreams;
  private isClosing = false;

  constructor(private readonly options: RedisStreamsServerOptions) {
    super();
    this.streams = new SessionStreams(options.redis, { groups: [] });
    this.reader = new InboxReader({
      ...options,
      handler: (entry, signal) => this.handle(entry, signal),
      events: observeAll((name, event) => this.observe(name, event)),
    });
  }

  /** Starts reading. Calls back at once: a Redis that is away is waited for, and readiness is the one to say so. */
  listen(callback: (...optionalParams: unknown[]) => unknown): void {
    void this.reader.run();
    callback();
  }

  /** Drains, see InboxReader.stop. The writing connection stays open. May be called again, and earlier than Nest does. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.reader.stop(this.options.drainMs ?? 10_000);
    this._status$.next('stopped');
  }

  /** Listens to what happens in the transport; the events are those of StreamEvents. */
  override on<Name extends keyof RedisStreamsEvents, Callback extends RedisStreamsEvents[Name] = RedisStreamsEvents[Name]>(
    event: Name,
    callback: Callback,
  ): void {
    this.emitter.on(event, callback as (...args: unknown[]) => void);
  }

  /** The InboxReader. */
  override unwrap<T = InboxReader>(): T {
    return this.reader as T;
  }

  /** For liveness. */
  isTurning(): boolean {
    return this.reader.isTurning();
  }

  private async handle(entry: InboxEntry, signal: AbortSignal): ReturnType<EntryHandler> {
    const handler = this.messageHandlers.get(entry.type);
    if (!handler) {
      const known = [...this.messageHandlers.keys()].sort().join(', ') || 'none';
      throw new UnrecoverableEntryError(
        'unknown-pattern',
        `inbox ${entry.inbox} has no handler for "${entry.type}"; it handles: ${known}`,
      );
    }
    const payload = this.options.payload === 'entry' ? entry : await this.messageOf(entry);
    const context = new RedisStreamsContext([entry, signal]);
    await this.hooked(context, async () => {
      const result: unknown = await handler(payload, context);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    });
    return context.isAcknowledged ? 'acknowledged' : undefined;
  }

  /** Between Nest's hooks, which tracing uses. The start hook may or may not hand on the promise of what it is given. */
  private hooked(context: RedisStreamsContext, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onProcessingStartHook(this.transportId, context, async () => {
        await work()
          .finally(() => this.onProcessingEndHook?.(this.transportId, context))
          .then(resolve, reject);
      });
    });
  }

  private async messageOf(entry: InboxEntry): Promise<unknown> {
    const full = await this.streams.withBody(entry);
    if (!full)
      throw new UnrecoverableEntryError('refused', `entry ${entry.id} of session ${entry.session} is no longer in its stream`);
    const message = readJson(full);
    const { schemaVersion = 0 } = Versioned.safeParse(message).data ?? {};
    const { schemaVersionMax = Number.POSITIVE_INFINITY } = this.options;
    if (schemaVersion > schemaVersionMax) {
      throw new UnrecoverableEntryError(
        'newer-schema',
        `"${entry.type}" has schemaVersion ${schemaVersion}, this reader knows ${schemaVersionMax}`,
      );
    }
    return message;
  }

  private observe(name: keyof StreamEvents, event: unknown): void {
    if (name === 'reading') this._status$.next('connected');
    if (name === 'deaf' || (name === 'troubled' && !this.isClosing)) this._status$.next('disconnected');
    const observer: unknown = Reflect.get(this.options.events ?? {}, name);
    if (typeof observer === 'function') Reflect.apply(observer, this.options.events, [event]);
    this.emitter.emit(name, event);
  }
}

const readJson = ({ type, id, body }: InboxEntry & { readonly body: string }): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new UnrecoverableEntryError('unreadable', `the body of "${type}" (${id}) is not JSON: ${String(error)}`);
  }
};
