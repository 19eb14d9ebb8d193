import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { tokensIn, type PromptTokens } from './fake-anthropic-cache.js';
import type { ApiFault, MessagesRequest } from './fake-anthropic-request.js';

/** A whole answer of the model, before it is written as JSON or as events. */
export interface Completion {
  readonly id: string;
  readonly text: string;
  readonly stopReason: 'end_turn' | 'max_tokens' | 'refusal';
  readonly refusalCategory: string | null;
  readonly prompt: PromptTokens;
}

/** What the API can report after a stream has begun. */
export type StreamFault = 'overloaded_error' | 'api_error' | 'invalid_request_error';

/** How a stream is written, and where it breaks off. */
export interface Delivery {
  readonly chunkMs: number;
  readonly chunkCharacters: number;
  /** After so many characters of text: what happens instead of the rest. */
  readonly breaks?: { readonly afterCharacters: number; readonly by: 'drop' | StreamFault };
}

const usageOf = ({ prompt }: Completion, outputTokens: number) => ({
  ...prompt,
  output_tokens: outputTokens,
  cache_creation: { ephemeral_5m_input_tokens: prompt.cache_creation_input_tokens, ephemeral_1h_input_tokens: 0 },
  inference_geo: null,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
});

const stopOf = ({ stopReason, refusalCategory }: Completion) => ({
  stop_reason: stopReason,
  stop_sequence: null,
  stop_details: stopReason === 'refusal' ? { type: 'refusal', category: refusalCategory, explanation: null } : null,
  container: null,
});

const messageOf = (completion: Completion, { model }: MessagesRequest) => ({
  id: completion.id,
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text: completion.text, citations: null }],
  ...stopOf(completion),
  usage: usageOf(completion, tokensIn(completion.text)),
});

export const writeFault = (response: ServerResponse, { status, type, message }: ApiFault, requestId: string): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId }));
};

export const writeMessage = (response: ServerResponse, completion: Completion, request: MessagesRequest): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(messageOf(completion, request)));
};

const event = (response: ServerResponse, type: string, data: object): boolean =>
  response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);

/** All events of a stream, in the real API's order; it may break off in the middle of the text. */
export const writeEvents = async (
  response: ServerResponse,
  completion: Completion,
  request: MessagesRequest,
  { chunkMs, chunkCharacters, breaks }: Delivery,
): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const message = messageOf(completion, request);
  event(response, 'message_start', {
    message: { ...message, content: [], stop_reason: null, stop_details: null, usage: usageOf(completion, 1) },
  });
  event(response, 'content_block_start', { index: 0, content_block: { type: 'text', text: '', citations: null } });
  event(response, 'ping', {});
  const text = breaks ? completion.text.slice(0, breaks.afterCharacters) : completion.text;
  for (let at = 0; at < text.length; at += chunkCharacters) {
    if (chunkMs > 0) await wait(chunkMs);
    if (response.destroyed) return;
    event(response, 'content_block_delta', {
      index: 0,
      delta: { type: 'text_delta', text: text.slice(at, at + chunkCharacters) },
    });
  }
  if (breaks?.by === 'drop') {
    // Otherwise what was written is lost with the socket, and the client sees a connection that never answered.
    await wait(10);
    response.destroy();
    return;
  }
  if (breaks) {
    event(response, 'error', { error: { type: breaks.by, message: breaks.by === 'overloaded_error' ? 'Overloaded' : 'Failed' } });
    response.end();
    return;
  }
  event(response, 'content_block_stop', { index: 0 });
  event(response, 'message_delta', { delta: stopOf(completion), usage: { ...usageOf(completion, tokensIn(completion.text)) } });
  event(response, 'message_stop', {});
  response.end();
};

/** Bytes that call themselves an event stream. */
export const writeGarbage = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.end('event: message_start\ndata: {"type":"message_start","message":{"id":\n\n<html>502 Bad Gateway</html>\n\n');
};
