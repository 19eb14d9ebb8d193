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
    const released = terminals.filter(({ type }) => isTerminal(type));
    const told = released.map(({ sessionId, eventHash, seq, type }) =>
      this.streams.wake('gateway', sessionId, {
        id: `${Date.now()}-0`, // The row is what receivers read; this says only when it was released.
        seq,
        type,
        role: 'recorder',
        body: JSON.stringify({ sessionId, eventHash, seq, type }),
        traceparent: null,
      }),
    );
    const ended = released.map(({ sessionId }) => sessionId);
    await Promise.all([...told, this.streams.expire(ended, this.environment.INQUEST_SESSION_TTL_S)]);
  }
}
