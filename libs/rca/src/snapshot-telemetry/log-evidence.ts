import type { Line } from '../facts/fact.js';
import { templateOf } from '../facts/text.js';
import type { LogEvidence } from '../telemetry-engine/telemetry-evidence.js';
import type { EvidenceSources } from './evidence-sources.js';
import { serviceNamed } from './services.js';

const LEVEL = /\b(FATAL|PANIC|CRITICAL|SEVERE|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)\b|\blevel[=:]"?(\w{4,8})/i;
const TRACE = /\btrace[_-]?id["'=: ]{1,3}([0-9a-f]{8,32})\b/i;
/** What stands before the message and differs from line to line. */
const TIME = /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?\s*/;

interface Counted {
  service: string;
  level: string;
  template: string;
  counts: Map<number, number>;
}

/** Number of each trace that spans or lines name. */
export const traceNumbers = (names: Iterable<string>): Map<string, number> => {
  const numbers = new Map<string, number>();
  for (const name of names) if (!numbers.has(name)) numbers.set(name, numbers.size);
  return numbers;
};

export const traceIn = (text: string): string | undefined => TRACE.exec(text)?.[1];

/** Lines with times as templates with counts per second. Lines that nobody's name stands on are left out. */
export const logEvidence = (
  lines: readonly Line[],
  fallback: string,
  traces: ReadonlyMap<string, number>,
  sources: EvidenceSources,
): LogEvidence => {
  const byKey = new Map<string, { index: number; counted: Counted }>();
  const events: { atMs: number; template: number; trace: number }[] = [];
  for (const { text, subject, at, id } of lines) {
    const service = serviceNamed(subject || fallback);
    if (at === undefined || service === '') continue;
    const level = LEVEL.exec(text.slice(0, 200));
    const template = templateOf(text.replace(TIME, ''));
    const key = `${service}\0${template}`;
    const known = byKey.get(key) ?? {
      index: byKey.size,
      counted: { service, level: (level?.[1] ?? level?.[2] ?? '').toUpperCase(), template, counts: new Map<number, number>() },
    };
    byKey.set(key, known);
    const second = Math.floor(at / 1_000);
    known.counted.counts.set(second, (known.counted.counts.get(second) ?? 0) + 1);
    events.push({ atMs: at, template: known.index, trace: traces.get(traceIn(text) ?? '') ?? -1 });
    sources.add(service, template, id);
  }
  const templates = [...byKey.values()].map(({ counted }) => ({
    ...counted,
    counts: [...counted.counts].sort(([a], [b]) => a - b),
  }));
  // Without a trace the order of lines tells no more than their counts, by which an onset minutes ago can be found.
  const areTraced = events.some(({ trace }) => trace >= 0);
  return { templates, events: areTraced ? events.sort((a, b) => a.atMs - b.atMs) : [] };
};
