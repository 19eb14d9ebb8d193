// `InfoInhibitor` belongs here too: it always fires, only to inhibit others.
const ALWAYS_FIRING =
  /^(watchdog|dead[-_ ]?man'?s?[-_ ]?(switch|snitch)|heart[-_ ]?beat|always[-_ ]?firing|info[-_ ]?inhibitor)$/i;

/** An alert that fires as long as alerting works: hearing it is the healthy state. */
export const isWatchdog = (alertname: string | undefined): boolean => ALWAYS_FIRING.test(alertname?.trim() ?? '');
