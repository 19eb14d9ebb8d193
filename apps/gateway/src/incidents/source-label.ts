/** Senders that intake tells by the shape of their bodies, and our own doors. */
const KNOWN = new Set([
  ...['alertmanager', 'grafana', 'pagerduty', 'opsgenie', 'robusta', 'cloudwatch', 'kubernetes', 'pingdom'],
  ...['google-cloud-monitoring', 'newrelic', 'graylog', 'question', 'api', 'cli'],
]);

/** A source as a metric's label. Callers choose their source freely, and each label is a series that lives for ever. */
export const sourceLabel = (source: string): string => (KNOWN.has(source) ? source : 'other');
