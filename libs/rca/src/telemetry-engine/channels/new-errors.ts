import { WEIGHTS } from '../engine-weights.js';
import type { LogEvidence } from '../telemetry-evidence.js';
import { IS_ERROR, placeOf } from './lost-steps.js';

export interface NewErrors {
  service: string;
  /** Place in the code, or template. */
  place: string;
  lines: number;
}

/** Error lines that were never seen before: neither in the reference nor, where there is none, before the onset. */
export const newErrors = (logs: LogEvidence, reference: LogEvidence, sinceMs: number): NewErrors[] => {
  const key = (service: string, template: string): string => `${service}\0${placeOf(template)}`;
  const known = new Set(reference.templates.map(({ service, template }) => key(service, template)));
  const lines = new Map<string, number>();
  const names = logs.templates.map(({ service, template }) => key(service, template));
  const hasReference = reference.templates.length > 0;
  const note = (name: string, atMs: number, count: number): void => {
    if (atMs >= sinceMs) lines.set(name, (lines.get(name) ?? 0) + count);
    else if (!hasReference && count > 0) known.add(name);
  };
  if (logs.events.length > 0) for (const { atMs, template } of logs.events) note(names[template] ?? '', atMs, 1);
  else
    logs.templates.forEach(({ counts }, index) => {
      for (const [at, count] of counts) note(names[index] ?? '', at * 1_000, count);
    });
  const found = new Map<string, NewErrors>();
  logs.templates.forEach(({ service, level, template }, index) => {
    const name = names[index] ?? '';
    const count = lines.get(name) ?? 0;
    if (IS_ERROR.test(level) && !known.has(name) && count >= WEIGHTS.newErrors.linesMin)
      found.set(name, { service, place: placeOf(template), lines: count });
  });
  return [...found.values()];
};
