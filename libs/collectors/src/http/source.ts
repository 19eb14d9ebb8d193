import { safely } from '@inquest/contracts';
import type { z } from 'zod';
import { cutShort } from '../cut-short.js';
import { boundedGet, type Answer } from './bounded-get.js';
import { failureOf, SourceFailure } from './source-failure.js';

export interface SourceOptions {
  /** Everything that is asked is below this address. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one answer. */
  readonly bytesMax?: number;
}

type Query = Readonly<Record<string, string | number | undefined>>;

const BYTES_MAX = 4 * 1024 * 1024;
const COMPLAINT_MAX = 300;
/** A shorter one stands in many answers by chance. */
const CREDENTIAL_MIN = 8;

/** An HTTP API that answers questions in JSON: read-only, and only below the address that the operator has given. */
export class Source {
  private readonly base: URL;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly bytesMax: number;
  /** What no answer may show, should the source repeat it. */
  private readonly credential: string | undefined;

  constructor({ baseUrl, headers = {}, bytesMax = BYTES_MAX }: SourceOptions) {
    this.base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
    this.headers = { accept: 'application/json', 'user-agent': 'inquest', ...headers };
    this.bytesMax = bytesMax;
    this.credential = headers['authorization']?.split(' ').at(-1);
  }

  /**
   * The answer to one question. `path` is relative to the base, its variable parts encoded by the caller.
   * @throws {SourceFailure} whatever goes wrong.
   */
  async get<S extends z.ZodType>(path: string, query: Query, schema: S, signal: AbortSignal): Promise<z.infer<S>> {
    const { body } = await this.ask(this.address(path, query), signal);
    const parsed = safely(schema, jsonOf(body));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new SourceFailure(
      'error',
      `Its answer is not of the expected form (${issue?.path.join('.') ?? ''}: ${issue?.message}).`,
    );
  }

  private async ask(url: URL, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = this.withoutCredential(await boundedGet(url, { headers: this.headers, signal, bytesMax: this.bytesMax }));
      if (answer.status < 200 || answer.status > 299) throw refusalOf(answer);
      return answer;
    } catch (error) {
      throw failureOf(error, signal);
    }
  }

  private withoutCredential(answer: Answer): Answer {
    const { credential } = this;
    if (credential === undefined || credential.length < CREDENTIAL_MIN || !answer.body.includes(credential)) return answer;
    return { ...answer, body: Buffer.from(answer.body.toString('utf8').replaceAll(credential, '[REDACTED]')) };
  }

  private address(path: string, query: Query): URL {
    const url = new URL(path, this.base);
    if (url.origin !== this.base.origin || !url.pathname.startsWith(this.base.pathname))
      throw new SourceFailure('error', 'The question leads away from the configured address and was not asked.');
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    return url;
  }
}

const jsonOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new SourceFailure('error', 'Its answer is not JSON.');
  }
};

/** What a status other than 2xx means, with the beginning of what the source says itself. */
export const refusalOf = ({ status, headers, body }: Answer): SourceFailure => {
  const said = cutShort(body.toString('utf8'), COMPLAINT_MAX).trim();
  const complaint = said === '' ? '' : ` It says: ${said}`;
  const isRateLimit = status === 429 || (status === 403 && headers['x-ratelimit-remaining'] === '0');
  if (isRateLimit) return new SourceFailure('error', `It answered ${status}: asked too often.${complaint}`);
  if (status === 401) return new SourceFailure('denied', `It answered 401: it does not accept our credentials.${complaint}`);
  if (status === 403) return new SourceFailure('denied', `It answered 403: we may not read this.${complaint}`);
  if (status >= 300 && status < 400)
    return new SourceFailure(
      'error',
      `It answered ${status} with a redirect, which is not followed; configure the final address.`,
    );
  return new SourceFailure('error', `It answered ${status}.${complaint}`);
};
