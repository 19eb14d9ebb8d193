import { traceFields, type Logger } from '@inquest/telemetry';
import type { Span } from '@opentelemetry/api';
import type { Turn } from './answer.js';

/** A turn that ends at a moment. What rules alone never ask for, its signal and its logger, is made when it is asked for. */
export class TimedTurn implements Turn {
  private aborting: AbortSignal | undefined;
  private ownLogger: Logger | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly sessionId: string,
    readonly span: Span,
    private readonly parentLogger: Logger,
    /** By `performance.now()`. */
    private readonly endsAt: number,
    private readonly stopping: AbortSignal,
  ) {}

  get signal(): AbortSignal {
    this.aborting ??= AbortSignal.any([this.timeUp(), this.stopping]);
    return this.aborting;
  }

  get logger(): Logger {
    this.ownLogger ??= this.parentLogger.child({ sessionId: this.sessionId, ...traceFields(this.span) });
    return this.ownLogger;
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private timeUp(): AbortSignal {
    const controller = new AbortController();
    const abort = (): void => controller.abort(new Error('the turn is over'));
    const leftMs = this.endsAt - performance.now();
    if (leftMs <= 0) abort();
    else this.timer = setTimeout(abort, leftMs);
    return controller.signal;
  }
}
