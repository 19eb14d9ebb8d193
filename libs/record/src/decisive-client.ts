import { Client, type ClientConfig } from 'pg';
import { types } from 'node:util';

/**
 * A connection that is over once an answer did not come in time. `pg` itself only forgets the question: TypeORM then gives the
 * connection back to its pool as a sound one, which hands out the last returned first, so that one silent connection of many would
 * fail call after call for as long as it is asked.
 */
export class DecisiveClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // Around the method, since none of our own could have all its overloads.
    const query: unknown = Reflect.get(this, 'query');
    if (typeof query === 'function') Reflect.set(this, 'query', new Proxy(query, { apply: this.ask }));
  }

  private readonly ask = (query: CallableFunction, self: unknown, args: unknown[]): unknown => {
    const asked: unknown = Reflect.apply(query, self, args);
    // With a callback there is no promise; that way is the pool's own, and it drops the connection by itself.
    if (types.isPromise(asked)) asked.catch((error: unknown) => this.endAfter(error));
    return asked;
  };

  private endAfter(error: unknown): void {
    if (types.isNativeError(error) && error.message === 'Query read timeout') void this.end();
  }
}
