import { isTerminal, type Published } from '@inquest/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { CommandError, EXIT } from './exit-codes.js';
import { ProblemDetails, Receipt, RecordedEvent } from './gateway-answers.js';

export interface GatewayAddress {
  readonly url: string;
  readonly token?: string;
}

interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** How often a broken event stream is taken up again, and how long after. */
const RECONNECTS_MAX = 20;
const RECONNECT_MS = 500;
/** How often an incident is handed in again while the server says that it is busy. */
const SUBMISSIONS_MAX = 5;

/** The gateway's HTTP API, as far as the command line needs it. Every answer is parsed; every refusal says what to do. */
export class GatewayClient {
  constructor(readonly address: GatewayAddress) {}

  /** Hands an incident in. The promise resolves once it is committed, not once it is debated. */
  async submit(body: unknown, idempotencyKey: string, signal?: AbortSignal): Promise<Receipt> {
    const request: Request = { method: 'POST', body, headers: { 'idempotency-key': idempotencyKey }, ...(signal && { signal }) };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.json('/v1/incidents', Receipt, request);
      } catch (error) {
        if (!(error instanceof BusyError) || attempt === SUBMISSIONS_MAX) throw error;
        await pause(error.retryAfterMs, undefined, { ...(signal && { signal }) }); // The key makes a repeat harmless.
      }
    }
  }

  /** Any other answer, parsed with the given schema. */
  async json<S extends z.ZodType>(path: string, schema: S, request: Request = {}): Promise<z.infer<S>> {
    const response = await this.request(path, request);
    const parsed = schema.safeParse(response.status === 204 ? undefined : await response.json());
    if (parsed.success) return parsed.data;
    throw new CommandError(
      `The server at ${this.address.url} answered ${path} in a form this command does not know: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`,
      EXIT.failed,
      'Is the server of the same version? Compare with: npx inquest --version',
    );
  }

  async text(path: string, request: Request = {}): Promise<string> {
    return (await this.request(path, request)).text();
  }

  /**
   * The committed messages of a session from the beginning, then as they are committed, until the one that ends it.
   * A connection that breaks is taken up again where it stopped, without gap or repeat.
   */
  async *events(sessionId: string, signal?: AbortSignal): AsyncGenerator<Published> {
    for await (const { published } of this.recordedEvents(sessionId, signal)) yield published;
  }

  /** The same, each with its message exactly as published: what hashes are taken of. */
  async *recordedEvents(sessionId: string, signal?: AbortSignal): AsyncGenerator<RecordedEvent> {
    let last = 0;
    for (let attempt = 0; attempt <= RECONNECTS_MAX; attempt++) {
      if (attempt > 0) await pause(RECONNECT_MS, undefined, { ...(signal && { signal }) });
      const response = await this.openEvents(sessionId, last, signal).catch(passIfFatal(attempt, signal));
      if (response?.status === 204) return; // It has ended, and we have all of it.
      if (!response?.body) continue;
      try {
        for await (const event of response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
          if (!event.data) continue;
          const recorded = recordedIn(sessionId, event.data);
          if (recorded.published.seq <= last) continue;
          last = recorded.published.seq;
          attempt = 0;
          yield recorded;
          if (isTerminal(recorded.published.message.type)) return;
        }
      } catch (error) {
        // Anything else is a broken connection.
        if (signal?.aborted || error instanceof SyntaxError || error instanceof CommandError) throw error;
      }
    }
    throw new CommandError(
      `The events of session ${sessionId} stopped coming after number ${last}.`,
      EXIT.unreachable,
      `See what is on record: npx inquest audit show ${sessionId}`,
    );
  }

  private async openEvents(sessionId: string, last: number, signal?: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream', ...(last > 0 && { 'last-event-id': String(last) }) };
    return this.request(`/v1/sessions/${encodeURIComponent(sessionId)}/events`, { headers, ...(signal && { signal }) });
  }

  private async request(path: string, { method = 'GET', body, headers = {}, signal }: Request): Promise<Response> {
    const { url, token } = this.address;
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new UnreachableError(url, error);
    });
    if (!response.ok) throw await refusal(response, url);
    return response;
  }
}

/** Nobody answers at the URL. Asking again helps only while a server is starting. */
export class UnreachableError extends CommandError {
  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    super(
      `No server answers at ${url}: ${reason}`,
      EXIT.unreachable,
      'Start one with "npm start", or name another with --url or INQUEST_URL.',
    );
  }
}

/** The server asks for patience: its recorder is behind, or the caller was too fast. */
export class BusyError extends CommandError {
  constructor(
    message: string,
    readonly retryAfterMs: number,
    hint: string | undefined,
  ) {
    super(message, EXIT.unreachable, hint);
  }
}

/** A message that cannot be read must not look as if it had never been said. */
const recordedIn = (sessionId: string, data: string): RecordedEvent => {
  const { success, data: recorded, error } = RecordedEvent.safeParse(JSON.parse(data));
  if (success) return recorded;
  const problem = error.issues.map(({ message }) => message).join('; ');
  throw new CommandError(
    `In session ${sessionId} ${problem}.`,
    EXIT.failed,
    `See it as it is on record: npx inquest audit show ${sessionId}`,
  );
};

const passIfFatal =
  (attempt: number, signal?: AbortSignal) =>
  (error: unknown): undefined => {
    if (attempt === 0 || signal?.aborted || !(error instanceof UnreachableError)) throw error;
    return undefined;
  };

const HINTS: Record<number, string> = {
  401: 'Give a token with --token or INQUEST_TOKEN; a local server keeps its own in .inquest/admin-token.',
  403: 'The token is known but its role may not do this; use one with a higher role.',
  404: 'List what there is: npx inquest sessions',
  413: 'Shorten the evidence, or raise the limit of the gateway.',
  429: 'Wait a moment and try again.',
  503: 'The server is behind or still starting: try again in a few seconds, or run: npx inquest doctor',
};

const refusal = async (response: Response, url: string): Promise<CommandError> => {
  const text = await response.text();
  const parsed = ProblemDetails.safeParse(tryJson(text));
  const detail = parsed.success
    ? [parsed.data.title, parsed.data.detail, parsed.data.message].filter(Boolean).join(': ')
    : text.slice(0, 300);
  const message = `The server at ${url} refused with ${response.status}: ${detail || response.statusText}`;
  const retryAfter = Number(response.headers.get('retry-after'));
  if (retryAfter > 0) return new BusyError(message, Math.min(30, retryAfter) * 1_000, HINTS[response.status]);
  const status = response.status >= 500 && response.status !== 500 ? EXIT.unreachable : EXIT.failed;
  return new CommandError(message, status, HINTS[response.status]);
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A proxy's page of HTML, for example: shown as it is.
  }
};
