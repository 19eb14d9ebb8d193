import type { LogEvidence } from '../telemetry-evidence.js';
import { IS_ERROR, placeOf } from './lost-steps.js';

/** One log line of a trace. */
export interface TracedLine {
  atMs: number;
  service: string;
  step: string;
}

/** Lines of each trace between two moments, in order of time; those that tell of a failure are left out. */
export const tracedLines = ({ templates, events }: LogEvidence, sinceMs = -Infinity, untilMs = Infinity): TracedLine[][] => {
  const places = templates.map(({ service, level, template }) => ({
    service,
    step: IS_ERROR.test(level) ? undefined : placeOf(template),
  }));
  const traces = new Map<number, TracedLine[]>();
  for (const { atMs, template, trace } of events) {
    const place = places[template];
    if (place?.step === undefined || trace < 0 || !(atMs >= sinceMs && atMs < untilMs)) continue;
    const line = { atMs, service: place.service, step: place.step };
    const known = traces.get(trace);
    if (known) known.push(line);
    else traces.set(trace, [line]);
  }
  return [...traces.values()].map((lines) => lines.sort((a, b) => a.atMs - b.atMs));
};
