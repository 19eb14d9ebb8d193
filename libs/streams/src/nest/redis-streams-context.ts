import { BaseRpcContext } from '@nestjs/microservices';
import type { InboxEntry } from '../entries.js';

/** What a handler may know of the delivery beside the message itself; injected by `@Ctx()`. */
export class RedisStreamsContext extends BaseRpcContext<[entry: InboxEntry, signal: AbortSignal]> {
  private done = false;

  /** The entry as it stood in the inbox: session, stream id, seq, trace context, how often it was delivered. */
  getEntry(): InboxEntry {
    return this.args[0];
  }

  /** Aborted when the service stops and its grace has ended. */
  getSignal(): AbortSignal {
    return this.args[1];
  }

  /** Says that the entry is acknowledged already, by the publication that answers it, and need not be once the handler resolves. */
  acknowledged(): void {
    this.done = true;
  }

  get isAcknowledged(): boolean {
    return this.done;
  }

  getPattern(): string {
    return this.args[0].type;
  }
}
