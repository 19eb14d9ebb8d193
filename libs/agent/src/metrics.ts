import type { Role } from '@inquest/contracts';
import { ATTRIBUTE, LATENCY_BUCKETS_MS, METRIC } from '@inquest/telemetry';
import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import type { Answer } from './answer.js';

/** Counts of what was answered, by role; never by session. */
@Injectable()
export class TurnMetrics {
  private readonly meter = metrics.getMeter('inquest');
  private readonly duration = this.meter.createHistogram(METRIC.turnDuration, {
    unit: 'ms',
    description: 'From a turn’s start to its published answer',
    advice: { explicitBucketBoundaries: [...LATENCY_BUCKETS_MS] },
  });
  private readonly answers = this.meter.createCounter(METRIC.answers, {
    description: 'Answers by role, mind, vote and degradation',
  });

  answered(role: Role, { mind, degraded, vote }: Answer<unknown>, ms: number): void {
    this.duration.record(ms, { [ATTRIBUTE.role]: role });
    this.answers.add(1, {
      [ATTRIBUTE.role]: role,
      [ATTRIBUTE.mind]: mind,
      [ATTRIBUTE.degraded]: degraded,
      [ATTRIBUTE.vote]: vote ?? 'none',
    });
  }
}
