import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { roleOf, sensibleAnswer } from './fake-anthropic-answers.js';
import { FakePromptCache } from './fake-anthropic-cache.js';
import { writeEvents, writeFault, writeGarbage, writeMessage, type Completion, type Delivery } from './fake-anthropic-replies.js';
import { headerFault, parseRequest, type ApiFault, type MessagesRequest } from './fake-anthropic-request.js';
import { FakeReply, FakeScript, type FakeReplyInput } from './fake-anthropic-script.js';

/** A reply, or how to make one of the request. */
export type FakeTurn = FakeReplyInput | ((request: MessagesRequest) => FakeReplyInput);

/** One request as it came in, refused ones included. */
export interface SeenRequest {
  readonly role: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Null when the request was refused for its headers or its body. */
  readonly request: MessagesRequest | null;
  readonly status: number;
}

export interface FakeAnthropicOptions {
  /** Refuses every other key; any key will do when left out. */
  readonly apiKey?: string;
  /** 0, a free one, when left out. */
  readonly port?: number;
  readonly script?: FakeScript;
}

const FAULTS: Readonly<Record<number, Pick<ApiFault, 'type' | 'message'>>> = {
  401: { type: 'authentication_error', message: 'invalid x-api-key' },
  403: { type: 'permission_error', message: 'Your API key does not have permission to use the specified resource.' },
  404: { type: 'not_found_error', message: 'Not found' },
  413: { type: 'request_too_large', message: 'Request exceeds the maximum allowed number of bytes.' },
  429: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
  529: { type: 'overloaded_error', message: 'Overloaded' },
};

/**
 * The Messages API of Anthropic over real HTTP, JSON and SSE, with its checks, its errors and its prompt caching. What it
 * replies is scripted per role; without a script it answers sensibly. It knows the role by the first line of the system
 * prompt, `# Role: <role>`.
 */
export class FakeAnthropic {
  /** Every request so far, oldest first. */
  readonly seen: SeenRequest[] = [];
  private readonly turns = new Map<string, FakeTurn[]>();
  private readonly cache = new FakePromptCache();

  private constructor(
    private readonly server: Server,
    private readonly apiKey: string | undefined,
  ) {}

  static async start({ apiKey, port = 0, script = {} }: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
    const server = createServer();
    const fake = new FakeAnthropic(server, apiKey);
    for (const [role, replies] of Object.entries(FakeScript.parse(script))) fake.script(role, ...replies);
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      fake.serve(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  /** For ANTHROPIC_BASE_URL. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** How a role's next requests are answered, in order; the last turn is repeated. `*` is for roles that are not named. */
  script(role: string, ...turns: FakeTurn[]): void {
    this.turns.set(role, [...turns]);
  }

  seenFrom(role: string): SeenRequest[] {
    return this.seen.filter((request) => request.role === role);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `req_${randomUUID().replaceAll('-', '')}`;
    response.setHeader('request-id', requestId);
    const body = await bodyOf(incoming);
    const parsed = parseRequest(body);
    const fault =
      routeFault(incoming) ?? headerFault(incoming.headers, this.apiKey) ?? ('fault' in parsed ? parsed.fault : undefined);
    if (fault || 'fault' in parsed) {
      const given = fault ?? { status: 400, type: 'invalid_request_error', message: 'invalid' };
      this.seen.push({ role: 'unknown', headers: incoming.headers, request: null, status: given.status });
      writeFault(response, given, requestId);
      return;
    }
    const { request } = parsed;
    const role = roleOf(request);
    const reply = this.next(role, request);
    const status = reply.kind === 'error' ? reply.status : 200;
    this.seen.push({ role, headers: incoming.headers, request, status });
    await this.answer(reply, request, response, requestId);
  }

  private next(role: string, request: MessagesRequest): FakeReply {
    const turns = this.turns.get(role) ?? this.turns.get('*') ?? [];
    const turn = turns.length > 1 ? turns.shift() : turns[0];
    return FakeReply.parse((typeof turn === 'function' ? turn(request) : turn) ?? { kind: 'sensible' });
  }

  private async answer(reply: FakeReply, request: MessagesRequest, response: ServerResponse, requestId: string): Promise<void> {
    if (reply.firstByteMs > 0) await wait(reply.firstByteMs);
    if (response.destroyed) return;
    rateLimitHeaders(response);
    if (reply.kind === 'error') {
      if (reply.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(reply.retryAfterSeconds));
      const standard = FAULTS[reply.status] ?? { type: 'api_error', message: 'Internal server error' };
      writeFault(response, { status: reply.status, ...standard, ...(reply.message && { message: reply.message }) }, requestId);
      return;
    }
    if (reply.kind === 'drop' && reply.afterCharacters === 0) {
      response.destroy();
      return;
    }
    if (reply.kind === 'garbage') {
      writeGarbage(response);
      return;
    }
    const completion = this.completionOf(reply, request);
    if (request.stream) await writeEvents(response, completion, request, deliveryOf(reply));
    else writeMessage(response, completion, request);
  }

  private completionOf(reply: FakeReply, request: MessagesRequest): Completion {
    return {
      id: `msg_${randomUUID().replaceAll('-', '')}`,
      text: textOf(reply, request),
      stopReason: reply.kind === 'refusal' ? 'refusal' : reply.kind === 'answer' ? reply.stopReason : 'end_turn',
      refusalCategory: reply.kind === 'refusal' ? reply.category : null,
      prompt: this.cache.count(request),
    };
  }
}

const textOf = (reply: FakeReply, request: MessagesRequest): string => {
  if (reply.kind === 'refusal') return '';
  if (reply.kind !== 'answer') return JSON.stringify(sensibleAnswer(request));
  if (reply.text !== undefined) return reply.text;
  const json = JSON.stringify(reply.json ?? sensibleAnswer(request));
  if (reply.as === 'fenced') return `\`\`\`json\n${json}\n\`\`\`\n`;
  return reply.as === 'prose' ? `Looking at the {evidence}, I conclude:\n\n${json}\n\nLet me know [if] more is needed.` : json;
};

const deliveryOf = (reply: FakeReply): Delivery => {
  const { chunkMs, chunkCharacters } = reply;
  if (reply.kind === 'drop') return { chunkMs, chunkCharacters, breaks: { afterCharacters: reply.afterCharacters, by: 'drop' } };
  if (reply.kind !== 'stream-error') return { chunkMs, chunkCharacters };
  return { chunkMs, chunkCharacters, breaks: { afterCharacters: reply.afterCharacters, by: reply.type } };
};

const routeFault = ({ url, method }: IncomingMessage): ApiFault | undefined =>
  url?.split('?', 1)[0] === '/v1/messages' && method === 'POST'
    ? undefined
    : { status: 404, type: 'not_found_error', message: 'Not Found' };

const rateLimitHeaders = (response: ServerResponse): void => {
  response.setHeader('anthropic-ratelimit-requests-limit', '4000');
  response.setHeader('anthropic-ratelimit-requests-remaining', '3999');
  response.setHeader('anthropic-ratelimit-tokens-limit', '2400000');
  response.setHeader('anthropic-ratelimit-tokens-remaining', '2399000');
};

const bodyOf = async (incoming: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};
