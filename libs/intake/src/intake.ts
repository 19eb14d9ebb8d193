import type { EvidenceSnapshot, Incident } from '@inquest/contracts';

/** Every body that we can tell apart, by its shape alone. */
export const FORMATS = [
  'alertmanager-v4',
  'alertmanager-v3',
  'alertmanager-alert',
  'alertmanager-api-v2-alerts',
  'alertmanager-api-v2-groups',
  'alertmanager-api-v2-silences',
  'grafana-v1',
  'grafana-legacy',
  'grafana-like',
  'pagerduty-v3',
  'pagerduty-v1',
  'pagerduty-events-v2',
  'opsgenie',
  'robusta-investigate',
  'cloudwatch-sns',
  'k8s-events',
  'k8s-objects',
  'pingdom',
  'stackdriver',
  'newrelic',
  'graylog',
  'wrapped',
] as const;
export type Format = (typeof FORMATS)[number];

/** What the caller knows and a pure function cannot. Times are RFC 3339. */
export interface Receipt {
  readonly receivedAt: string;
  /** Stands for a start that the sender leaves out; the hour of receipt unless given, so that repeats look alike. */
  readonly startsAtIfUnknown?: string;
}

interface About {
  /** Sender's name of the alert, or what comes closest. */
  readonly title: string;
  readonly fingerprint: string;
}

/**
 * What one alert of a body asks for. Only `firing` opens a session; the others say in `reason` why they do not:
 * `resolved` (over), `silenced` (muted, inhibited or acknowledged by a person), `watchdog` (its firing is the healthy
 * state), `ignored` (an event of a kind that never opens anything), `refused` (unusable; the reason says what to change).
 */
export type Signal =
  | (About & { readonly kind: 'firing'; readonly incident: Incident; readonly evidence: EvidenceSnapshot })
  | (About & { readonly kind: 'resolved' | 'silenced' | 'watchdog' | 'ignored' | 'refused'; readonly reason: string });

/** What a body says: its alerts, each once, and remarks about the whole; or why nothing can be read from it. */
export type Intake =
  | { readonly readable: true; readonly format: Format; readonly signals: readonly Signal[]; readonly notes: readonly string[] }
  | { readonly readable: false; readonly format: Format | null; readonly reason: string };

/** More alerts than this in one body are refused one by one: a storm should be grouped before it is debated. */
export const ALERTS_MAX = 500;
