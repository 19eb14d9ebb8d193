import { z } from 'zod';
import { evidenceOf, type Collected, type Collector, type Found, type Question } from '../collector.js';
import type { Source } from '../http/source.js';
import { lastLines } from '../last-lines.js';
import { escapeRegExp, quoted, type Subject } from '../subject.js';

/** Before the onset: what led up to it. */
const LEAD_MS = 10 * 60_000;
const LINES_MAX = 300;
const TROUBLE = '|~ "(?i)(error|exception|fatal|panic|fail|timeout|timed out|refused|denied|oom|out of memory|killed)"';

const Streams = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        // Structured metadata may follow as a third member.
        values: z.array(z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]).rest(z.unknown())),
      }),
    ),
  }),
});
type Line = readonly [at: bigint, from: string, text: string];

/** Log lines of the workload by LogQL: those that sound like trouble, and the last ones whatever they say. */
export class Loki implements Collector {
  readonly name = 'loki';
  readonly dimension = 'logs';

  constructor(private readonly source: Source) {}

  async collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const selectors = selectorsOf(subject);
    if (selectors.length === 0) return [];
    const of = subject.pod ?? subject.service ?? subject.namespace ?? '';
    return Promise.all([
      this.ask('loki-trouble', `Log lines of ${of} that sound like trouble`, selectors, ` ${TROUBLE}`, subject, signal),
      this.ask('loki-latest', `Latest log lines of ${of}`, selectors, '', subject, signal),
    ]);
  }

  /** Which labels a log has is up to its shipper: the first selector that finds lines counts. */
  private ask(id: string, title: string, selectors: readonly string[], filter: string, subject: Subject, signal: AbortSignal) {
    const invocation = selectors.map((selector) => `${selector}${filter}`).join('\n');
    const question: Question = { id, title, kind: 'log', dimension: 'logs', tool: 'loki/query_range', invocation };
    return evidenceOf(question, signal, async () => {
      for (const selector of selectors) {
        const lines = await this.lines(`${selector}${filter}`, subject, signal);
        if (lines.length > 0) return textOf(lines);
      }
      return undefined;
    });
  }

  private async lines(query: string, { onsetMs, window }: Subject, signal: AbortSignal): Promise<Line[]> {
    const { data } = await this.source.get(
      'loki/api/v1/query_range',
      { query, start: `${onsetMs - LEAD_MS}000000`, end: `${window.toMs}000000`, limit: LINES_MAX, direction: 'backward' },
      Streams,
      signal,
    );
    return data.result
      .flatMap(({ stream, values }) =>
        values.map(([at, text]): Line => [BigInt(at), stream['pod'] ?? stream['service_name'] ?? stream['app'] ?? '', text]),
      )
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .slice(-LINES_MAX);
  }
}

const selectorsOf = ({ namespace, service, pod }: Subject): string[] => {
  const within = namespace === undefined ? '' : `namespace=${quoted(namespace)}, `;
  if (pod !== undefined) return [`{${within}pod=${quoted(pod)}}`];
  if (service === undefined) return [];
  const pods = `{${within}pod=~${quoted(`${escapeRegExp(service)}(-.+)?`)}}`;
  return [...(namespace === undefined ? [] : [pods]), `{${within}app=${quoted(service)}}`, `{service_name=${quoted(service)}}`];
};

const textOf = (lines: readonly Line[]): Found =>
  lastLines(lines.map(([at, from, text]) => `${new Date(Number(at / 1_000_000n)).toISOString()} ${from} ${text}`));
