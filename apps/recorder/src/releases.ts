import { isTerminal } from '@inquest/contracts';
import type { Terminal } from '@inquest/record';
import { SessionStreams } from '@inquest/streams';
import { Inject, Injectable } from '@nestjs/common';
import { RECORDER_ENVIRONMENT, type RecorderEnvironment } from './recorder.environment.js';

/** Lets committed decisions out of the building, and the streams of ended sessions go after a while. */
@Injectable()
export class Releases {
  constructor(
    private readonly streams: SessionStreams,
    @Inject(RECORDER_ENVIRONMENT) private readonly environment: RecorderEnvironment,
  ) {}

  /**
   * Tells the gateway of terminal events whose rows are committed; of the others in the list nothing is told. May be
   * repeated: a release names the row, and receivers act on the row's hash once.
   */
  async release(terminals: readonly Terminal[]): Promise<void> {
    await Promise.all(
      terminals
        .filter(({ type }) => isTerminal(type))
        .map(async ({ sessionId, eventHash, seq, type }) => {
          const body = JSON.stringify({ sessionId, eventHash, seq, type });
          // The row is what receivers read, so the id says only when it was released.
          await this.streams.wake('gateway', sessionId, {
            id: `${Date.now()}-0`,
            seq,
            type,
            role: 'recorder',
            body,
            traceparent: null,
          });
          await this.streams.expire(sessionId, this.environment.INQUEST_SESSION_TTL_S);
        }),
    );
  }
}
