import type { StreamEvents } from '@inquest/streams';
import { ATTRIBUTE, METRIC, type Logger } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';

/** What happens in the transport, counted for Prometheus and told to the operator where it matters. */
@Injectable()
export class StreamMetrics {
  private readonly meter = metrics.getMeter('inquest');
  private readonly deadLetters = this.meter.createCounter(METRIC.deadLetters, {
    description: 'Entries moved to the dead letters',
  });
  private readonly redeliveries = this.meter.createCounter(METRIC.redeliveries, {
    description: 'Entries that come again or were claimed from a peer',
  });
  private readonly faults = this.meter.createCounter(METRIC.streamFaults, {
    description: 'Lost groups, deaf readers and failed commands that are tried again',
  });

  events(inbox: string, logger: Logger): StreamEvents {
    const fault = (kind: string) => this.faults.add(1, { [ATTRIBUTE.fault]: kind, inbox });
    return {
      claimed: ({ from, entries, why }) => {
        this.redeliveries.add(entries, { inbox, why });
        if (why !== 'own-pending') logger.info({ inbox, from, entries, why }, 'claimed what a silent peer had left');
      },
      redelivered: ({ entry, error, delayMs }) => {
        this.redeliveries.add(1, { inbox, why: 'handler-failed' });
        logger.warn(
          { err: error, sessionId: entry.session, type: entry.type, deliveries: entry.deliveries, delayMs },
          'a turn failed; it comes again',
        );
      },
      deadLettered: ({ inboxId, reason, detail, errorClass }) => {
        this.deadLetters.add(1, { inbox, reason });
        logger.error(
          { inbox, inboxId, reason, detail, errorClass },
          'an entry went to the dead letters; see `inquest dead-letters list`',
        );
      },
      noGroup: () => {
        fault('no-group');
        logger.warn({ inbox }, 'the consumer group was gone and has been created again');
      },
      deaf: ({ silentMs }) => {
        fault('deaf');
        logger.warn({ inbox, silentMs }, 'the reader had gone deaf; its connection was replaced');
      },
      vanished: ({ inboxIds }) => {
        fault('vanished');
        logger.warn({ inbox, inboxIds }, 'entries were announced but are gone; the record knows their sessions');
      },
      troubled: ({ doing, error }) => {
        fault('troubled');
        logger.warn({ err: error, inbox, doing }, 'Redis failed; it is tried again');
      },
    };
  }
}
