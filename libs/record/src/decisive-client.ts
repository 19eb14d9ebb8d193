import { Client, type ClientConfig } from 'pg';

/** For one statement, checks of the ledger aside. Longer than any takes, short enough that a database which has stopped is noticed. */
const ANSWER_MS = 5_000;

type Done = (error: Error | null | undefined, result?: unknown) => void;

/**
 * A connection that is over once an answer did not come in time. The `query_timeout` of `pg` only forgets the question: TypeORM then
 * gives the connection back to its pool as a sound one, which hands out the last returned first, so that one silent connection of many
 * would fail call after call for as long as it is asked. It also ties each answer to its question in a knot that only a full garbage
 * collection undoes.
 */
export class DecisiveClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    // Around the method, since none of our own could have all its overloads.
    Reflect.set(this, 'query', (...args: unknown[]) => this.ask(args));
  }

  private ask(args: readonly unknown[]): unknown {
    const done = args.at(-1);
    if (typeof done === 'function') {
      // The way of `pg`'s own pool, which drops the connection of a failed statement by itself.
      const settle: Done = (error, result) => void Reflect.apply(done, undefined, [error, result]);
      return this.send([...args.slice(0, -1), inTime(settle)]);
    }
    if (isSubmittable(args[0])) return this.send(args);
    return new Promise((resolve, reject) => {
      const settle: Done = (error, result) => {
        if (error instanceof NoAnswerError) void this.end();
        if (error) reject(error);
        else resolve(result);
      };
      this.send([...args, inTime(settle)]);
    });
  }

  private send(args: readonly unknown[]): unknown {
    const query: unknown = Reflect.get(Client.prototype, 'query');
    if (typeof query !== 'function') throw new TypeError('`pg` has no Client.query any more');
    return Reflect.apply(query, this, args) as unknown;
  }
}

/** Named as `pg` names it. */
class NoAnswerError extends Error {
  constructor() {
    super('Query read timeout');
  }
}

/** `done`, called once: with what comes, or after `ANSWER_MS` with an error. */
const inTime = (done: Done): Done => {
  let waiting = true;
  const once: Done = (error, result) => {
    if (!waiting) return;
    waiting = false;
    clearTimeout(timer);
    done(error, result);
  };
  const timer = setTimeout(() => once(new NoAnswerError()), ANSWER_MS);
  return once;
};

/** A query object of its own, which answers by events, such as a COPY. */
const isSubmittable = (query: unknown): boolean => typeof query === 'object' && query !== null && 'submit' in query;
