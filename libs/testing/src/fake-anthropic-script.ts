import { z } from 'zod';

/** When the reply comes, in milliseconds and characters. */
const timing = {
  firstByteMs: z.number().min(0).default(0),
  chunkMs: z.number().min(0).default(0),
  chunkCharacters: z.int().min(1).default(400),
};

/**
 * How the fake answers one request:
 * - `sensible`: an answer that fits the request's schema and cites evidence ids that stand in it;
 * - `answer`: `json` or `text` as given; `as` wraps the JSON in prose or in a fence;
 * - `refusal`: stop reason refusal; - `error`: an HTTP error, with `retry-after` if asked for;
 * - `stream-error`: an error event in a stream that began well; - `drop`: the connection is cut, before the first byte
 *   with `afterCharacters` 0; - `garbage`: an event stream that is none.
 */
export const FakeReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sensible'), ...timing }),
  z.object({
    kind: z.literal('answer'),
    json: z.json().optional(),
    text: z.string().optional(),
    as: z.enum(['json', 'prose', 'fenced']).default('json'),
    stopReason: z.enum(['end_turn', 'max_tokens']).default('end_turn'),
    ...timing,
  }),
  z.object({
    kind: z.literal('refusal'),
    category: z.enum(['cyber', 'bio', 'general_harms']).nullable().default('cyber'),
    ...timing,
  }),
  z.object({
    kind: z.literal('error'),
    status: z.int().min(400).max(599),
    message: z.string().optional(),
    retryAfterSeconds: z.number().optional(),
    ...timing,
  }),
  z.object({
    kind: z.literal('stream-error'),
    type: z.enum(['overloaded_error', 'api_error', 'invalid_request_error']).default('overloaded_error'),
    afterCharacters: z.int().min(0).default(10),
    ...timing,
  }),
  z.object({ kind: z.literal('drop'), afterCharacters: z.int().min(0).default(10), ...timing }),
  z.object({ kind: z.literal('garbage'), ...timing }),
]);
export type FakeReply = z.infer<typeof FakeReply>;
/** As one writes it: timings and the like may be left out. */
export type FakeReplyInput = z.input<typeof FakeReply>;

/** Replies per role, in order; the last one is repeated. `*` is for roles that are not named. */
export const FakeScript = z.record(z.string(), z.array(FakeReply).min(1));
export type FakeScript = z.infer<typeof FakeScript>;
