import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { Publication, PublishResult } from '../publication.js';
import type { SessionStreams } from '../session-streams.js';

const Draft = z.object({
  sessionId: z.string(),
  key: z.string().min(1),
  role: z.string().min(1),
  body: z.string(),
  to: z.array(z.string()),
  opens: z.boolean().optional(),
  closes: z.boolean().optional(),
  answering: z.object({ group: z.string(), streamIds: z.array(z.string()) }).optional(),
  deadlineAtMs: z.number().optional(),
  deadlineInMs: z.number().optional(),
  traceparent: z.string().nullish(),
});

const Metadata = z.object({ traceparent: z.string().optional() }).optional();

/**
 * Publishes from Nest: `client.emit(type, publication)` answers with the PublishResult. A dispatch hook may put a `traceparent` into
 * the packet's metadata. Nobody replies over a stream, so `send` is refused.
 */
export class RedisStreamsClient extends ClientProxy {
  constructor(private readonly streams: SessionStreams) {
    super();
  }

  /** The connection is made by its first command. */
  connect(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing to do: the connection belongs to whoever made it. */
  close(): void {
    this._status$.complete();
  }

  override emit<TResult = PublishResult, TInput = Omit<Publication, 'type'>>(pattern: string, data: TInput): Observable<TResult> {
    return super.emit<TResult, TInput>(pattern, data);
  }

  /** The SessionStreams. */
  override unwrap<T = SessionStreams>(): T {
    return this.streams as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const pattern = String(packet.pattern);
    callback({
      err: new TypeError(`"${pattern}" cannot be sent: streams carry events, and answers come as events. Use emit.`),
      isDisposed: true,
    });
    return () => undefined;
  }

  protected override async dispatchEvent<T = PublishResult>(packet: ReadPacket): Promise<T> {
    const metadata = Metadata.safeParse(Reflect.get(packet, 'metadata')).data;
    const { traceparent = metadata?.traceparent, ...draft } = Draft.parse(packet.data);
    return (await this.streams.publish({
      ...compact(draft),
      type: String(packet.pattern),
      traceparent: traceparent ?? null,
    })) as T;
  }
}

/** zod says "undefined" where our interfaces say "absent". */
const compact = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
