import { z } from 'zod';
import { prose, shortText, Timestamp } from './bounds.js';

export const Severity = z.enum(['critical', 'high', 'warning', 'info', 'unknown']);
export type Severity = z.infer<typeof Severity>;

const Labels = z.record(z.string().max(300), z.string().max(4_000));

/** What happened, in one shape for every sender. */
export const Incident = z.object({
  /** Who told us: `alertmanager`, `api`, `cli`, … */
  source: shortText(60),
  /** Equal for repeats of the same problem; with `source` and `startsAt` it makes the incident unique. */
  fingerprint: shortText(200),
  title: shortText(500),
  description: prose(8_000).default(''),
  severity: Severity.default('unknown'),
  startsAt: Timestamp,
  /** The component that the sender names, if any. */
  service: shortText().optional(),
  namespace: shortText().optional(),
  labels: Labels.default({}),
  annotations: Labels.default({}),
  /** Where a person finds the alert at its source. */
  url: z.string().max(2_000).optional(),
});
export type Incident = z.infer<typeof Incident>;
