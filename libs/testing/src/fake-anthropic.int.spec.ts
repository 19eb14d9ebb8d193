import { FakeAnthropic } from './fake-anthropic.js';
import type { FakeReplyInput } from './fake-anthropic-script.js';

let fake: FakeAnthropic;
beforeEach(async () => {
  fake = await FakeAnthropic.start({
    apiKey: 'key',
    script: {
      '*': [
        {
          kind: 'answer',
          json: { ok: true },
          chunkMs: 0,
          chunkCharacters: 4,
          firstByteMs: 0,
          as: 'json',
          stopReason: 'end_turn',
        },
      ],
    },
  });
});
afterEach(() => fake.stop());

const HEADERS = { 'x-api-key': 'key', 'anthropic-version': '2026-10-21', 'content-type': 'application/json' };
const BODY = {
  model: 'claude-haiku-5-5',
  max_tokens: 100,
  system: '# Role: critic\nObject.',
  messages: [{ role: 'user', content: 'hello' }],
};
const post = (body: unknown = BODY, headers: Record<string, string> = HEADERS, path = '/v1/messages') =>
  fetch(`${fake.url}${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const scripted = (...replies: FakeReplyInput[]) => fake.script('critic', ...replies);

describe('a message as JSON', () => {
  it('has the shape, the ids and the headers of the real one', async () => {
    const response = await post();
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('3999');
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^msg_/) as string,
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: '{"ok":true}' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: expect.any(Number) as number, cache_read_input_tokens: 0 },
    });
  });
});

describe('a message as events', () => {
  it('streams all types in the real order', async () => {
    const text = await (await post({ ...BODY, stream: true })).text();
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      ...['content_block_delta', 'content_block_delta', 'content_block_delta'],
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('can be cut in the middle', async () => {
    scripted({ kind: 'drop', afterCharacters: 5 });
    const response = await post({ ...BODY, stream: true });
    await expect(response.text()).rejects.toThrow();
  });
});

describe('what the real API refuses', () => {
  const { 'x-api-key': _key, ...withoutKey } = HEADERS;
  const { 'anthropic-version': _version, ...withoutVersion } = HEADERS;
  const structured = (schema: object) => ({ ...BODY, output_config: { format: { type: 'json_schema', schema } } });
  const cached = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };

  it.each([
    ['no key', BODY, withoutKey, 401, 'x-api-key'],
    ['a wrong key', BODY, { ...HEADERS, 'x-api-key': 'other' }, 401, 'invalid x-api-key'],
    ['no version', BODY, withoutVersion, 400, 'anthropic-version'],
    ['no JSON', '{', HEADERS, 400, 'not valid JSON'],
    ['no messages', { ...BODY, messages: [] }, HEADERS, 400, 'at least one message'],
    ['sampling parameters', { ...BODY, temperature: 0 }, HEADERS, 400, 'temperature: Extra inputs are not permitted'],
    [
      'a prefilled answer',
      { ...BODY, messages: [...BODY.messages, { role: 'assistant', content: '{' }] },
      HEADERS,
      400,
      'prefill',
    ],
    ['an empty text block', { ...BODY, system: [{ type: 'text', text: '' }] }, HEADERS, 400, 'non-empty'],
    ['five cached blocks', { ...BODY, system: Array.from({ length: 5 }, () => cached) }, HEADERS, 400, 'maximum of 4'],
    ['an open object in a schema', structured({ type: 'object', properties: {} }), HEADERS, 400, 'additionalProperties'],
    [
      'a bound in a schema',
      structured({ type: 'object', additionalProperties: false, properties: { a: { type: 'string', maxLength: 3 } } }),
      HEADERS,
      400,
      'maxLength',
    ],
    ['an unknown model', { ...BODY, model: 'gpt' }, HEADERS, 404, 'model: gpt'],
  ])('%s', async (_, body, headers, status, text) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    const json = (await response.json()) as { error: { message: string }; request_id: string };
    expect(json).toMatchObject({ type: 'error', request_id: response.headers.get('request-id') });
    expect(json.error.message).toContain(text);
    expect(fake.seen).toMatchObject([{ request: null, status }]);
  });

  it('another path', async () => {
    expect((await post(BODY, HEADERS, '/v1/complete')).status).toBe(404);
  });

  it('accepts the key as a bearer token, as the SDK sends it', async () => {
    expect((await post(BODY, { ...withoutKey, authorization: 'Bearer key' })).status).toBe(200);
  });
});

describe('a script', () => {
  it('is followed per role and repeats its last reply', async () => {
    scripted({ kind: 'error', status: 429, retryAfterSeconds: 2 }, { kind: 'refusal', category: 'bio' });
    const limited = await post();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    for (const _ of [1, 2]) {
      expect(await (await post()).json()).toMatchObject({ stop_reason: 'refusal', stop_details: { category: 'bio' } });
    }
    expect(await (await post({ ...BODY, system: '# Role: solver' })).json()).toMatchObject({ stop_reason: 'end_turn' });
    expect(fake.seenFrom('critic').map(({ status }) => status)).toEqual([429, 200, 200]);
  });

  it('that is malformed is refused at the start', async () => {
    await expect(FakeAnthropic.start({ script: { critic: [] } })).rejects.toThrow();
  });
});
