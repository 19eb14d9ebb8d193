import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ClaudeModel } from './claude-model.js';
import { definePrompt } from './prompt.js';

export interface BreakerDrill {
  /** After enough outages in a row it no longer asks. */
  readonly opens: boolean;
  /** When the endpoint is well again, it asks again and stays with it. */
  readonly closes: boolean;
}

const FAILURES_MAX = 3;
const OPEN_MS = 200;
const PATIENCE_MS = 5_000;

const Answer = z.object({ well: z.boolean() });
const prompt = definePrompt('critic', 1, 'Say whether you are well.');

/** Lets the breaker as it is in use meet an endpoint on this machine that fails and then recovers. Nothing is sent elsewhere. */
export const drillBreaker = async (): Promise<BreakerDrill> => {
  let requests = 0;
  let isWell = false;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    if (isWell) answer(response);
    else
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"type":"error","error":{"type":"api_error","message":"drill"}}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const breaker = { failuresMax: FAILURES_MAX, openMs: OPEN_MS };
  const model = new ClaudeModel({ apiKey: 'drill', baseURL, retriesMax: 0, breaker });
  const succeeds = (): Promise<boolean> =>
    model
      .ask({ role: 'critic', prompt, input: {}, schema: Answer, signal: AbortSignal.timeout(PATIENCE_MS) })
      .then(({ data }) => data.well)
      .catch(() => false);
  try {
    for (let failure = 0; failure <= FAILURES_MAX; failure += 1) await succeeds();
    const opens = requests === FAILURES_MAX;
    isWell = true;
    await pause(OPEN_MS + 50);
    const closes = (await succeeds()) && (await succeeds()) && requests === FAILURES_MAX + 2;
    return { opens, closes };
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

/** The smallest stream that the Messages API could send. */
const answer = (response: ServerResponse): void => {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: 'drill', type: 'message', role: 'assistant', model: 'drill', content: [], stop_reason: null, usage };
  const events = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '{"well": true}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
};
