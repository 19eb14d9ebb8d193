import { oddWebhook } from '@inquest/testing';
import { z } from 'zod';

export interface FloodOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly token: string;
  readonly seed: number;
  readonly bodies: number;
  /** Requests in flight, each on a connection that is kept. Default 16. */
  readonly concurrency?: number;
  /** Told after every so many. */
  readonly onProgress?: (sent: number) => void;
}

export interface FloodFigures {
  readonly seed: number;
  readonly bodies: number;
  readonly megabytes: number;
  readonly seconds: number;
  /** Answers per status, and alerts per result of those that were taken in. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What no body may bring about, each with the number that makes it again. Empty when all is well. */
  readonly faults: readonly string[];
}

const PROGRESS_EVERY = 5_000;
const FAULTS_SHOWN = 50;
/** No answer within this time counts as a fault: nothing that fits into a body may keep the gateway busy for long. */
const ANSWER_MS = 30_000;

const Receipt = z.object({
  results: z.array(
    z.object({ result: z.enum(['opened', 'duplicate', 'resolved', 'silenced', 'watchdog', 'ignored', 'refused']) }),
  ),
});
const ProblemBody = z.object({
  type: z.string().startsWith('urn:inquest:problem:'),
  detail: z.string().min(10),
  status: z.number(),
});

/** Sends the odd bodies of a seed and judges every answer: 2xx with a receipt, or 4xx with a reason, and nothing else. */
export const flood = async (options: FloodOptions): Promise<FloodFigures> => {
  const { seed, bodies, concurrency = 16, onProgress } = options;
  const startedAt = performance.now();
  const tally = new Tally();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < bodies; n = next++) {
      await send(options, n, tally);
      if (n > 0 && n % PROGRESS_EVERY === 0) onProgress?.(n);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return tally.figures(seed, bodies, (performance.now() - startedAt) / 1_000);
};

const send = async ({ url, token, seed }: FloodOptions, n: number, tally: Tally): Promise<void> => {
  const { made, path, contentType, body } = oddWebhook(seed, n);
  const sentAt = performance.now();
  const fault = (what: string): void => tally.fault(`seed ${seed} body ${n} (${made}, ${body.length} bytes to ${path}): ${what}`);
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { authorization: `Bearer ${token}`, ...(contentType && { 'content-type': contentType }) },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    tally.answer(response.status, performance.now() - sentAt, body.length);
    const wrong = judged(response, text, tally);
    if (wrong) fault(`${response.status} ${wrong}: ${text.slice(0, 300)}`);
  } catch (error) {
    fault(error instanceof Error ? `${error.name} ${error.message}` : String(error));
  }
};

const judged = (response: Response, text: string, tally: Tally): string | undefined => {
  const { status, headers } = response;
  if (status >= 200 && status < 300) {
    const receipt = Receipt.safeParse(tryJson(text));
    for (const { result } of receipt.data?.results ?? []) tally.result(result);
    return receipt.success ? undefined : 'without a receipt';
  }
  if (status < 400 || status >= 500) return 'is no answer to a body';
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return 'is no problem+json';
  const problem = ProblemBody.safeParse(tryJson(text));
  return problem.data?.status === status ? undefined : 'gives no reason';
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Neither a receipt nor a problem, which is what the caller asks about.
  }
};

class Tally {
  private readonly statuses = new Map<string, number>();
  private readonly results = new Map<string, number>();
  private readonly latenciesMs: number[] = [];
  private readonly faults: string[] = [];
  private bytes = 0;

  answer(status: number, latencyMs: number, bytes: number): void {
    this.statuses.set(String(status), (this.statuses.get(String(status)) ?? 0) + 1);
    this.latenciesMs.push(latencyMs);
    this.bytes += bytes;
  }

  result(result: string): void {
    this.results.set(result, (this.results.get(result) ?? 0) + 1);
  }

  fault(text: string): void {
    if (this.faults.length < FAULTS_SHOWN) this.faults.push(text);
  }

  figures(seed: number, bodies: number, seconds: number): FloodFigures {
    const sorted = this.latenciesMs.sort((left, right) => left - right);
    const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    const [statuses, results] = [this.statuses, this.results].map((counts) => Object.fromEntries([...counts].sort()));
    return {
      ...{ seed, bodies, seconds: Math.round(seconds), megabytes: Math.round(this.bytes / 1e6) },
      ...{ statuses: statuses ?? {}, results: results ?? {}, p50Ms: at(0.5), p99Ms: at(0.99), faults: this.faults },
    };
  }
}
