import { z } from 'zod';

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() });

const textBlock = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1, 'text content blocks must be non-empty'),
  cache_control: cacheControl.nullish(),
});
export type TextBlock = z.infer<typeof textBlock>;

const content = z.union([z.string(), z.array(textBlock).min(1)]);

/** The part of the Messages API that Inquest uses, as strict as the real one: an unknown field is an error. */
export const MessagesRequest = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1).max(128_000),
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant', 'system']), content }))
    .min(1, 'at least one message is required'),
  system: content.optional(),
  stream: z.boolean().default(false),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  stop_sequences: z.array(z.string()).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  thinking: z.strictObject({ type: z.enum(['adaptive', 'between_tools', 'disabled']) }).optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.json()) }).nullish(),
    })
    .optional(),
});
export type MessagesRequest = z.infer<typeof MessagesRequest>;

export interface ApiFault {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const invalid = (message: string): ApiFault => ({ status: 400, type: 'invalid_request_error', message });

const API_VERSIONS = new Set(['2023-06-01', '2026-10-21']);

/** What the real API checks before it looks at the body. */
export const headerFault = (headers: NodeJS.Dict<string | string[]>, apiKey: string | undefined): ApiFault | undefined => {
  const key = keyIn(headers);
  if (key === undefined) return { status: 401, type: 'authentication_error', message: 'x-api-key header is required' };
  if (apiKey !== undefined && key !== apiKey) return { status: 401, type: 'authentication_error', message: 'invalid x-api-key' };
  const version = headers['anthropic-version'];
  if (version === undefined) return invalid('anthropic-version: header is required');
  if (!API_VERSIONS.has(String(version))) return invalid(`anthropic-version: "${String(version)}" is not a valid version`);
  if (!String(headers['content-type']).startsWith('application/json')) return invalid('content-type must be application/json');
  return undefined;
};

/** Given as `x-api-key`, or as a bearer token, which the SDK does since 1.0. */
const keyIn = (headers: NodeJS.Dict<string | string[]>): string | undefined => {
  const key = headers['x-api-key'] ?? /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
  return key === undefined ? undefined : String(key);
};

/** A request, or why the real API would refuse its body. */
export const parseRequest = (body: string): { request: MessagesRequest } | { fault: ApiFault } => {
  const json = parseJson(body);
  if (json === undefined) return { fault: invalid('The request body is not valid JSON') };
  const parsed = MessagesRequest.safeParse(json);
  if (!parsed.success) return { fault: invalid(parsed.error.issues.map(describe).join('; ')) };
  const request = parsed.data;
  if (!request.model.startsWith('claude-')) {
    return { fault: { status: 404, type: 'not_found_error', message: `model: ${request.model}` } };
  }
  const problem = problemOf(request);
  return problem === undefined ? { request } : { fault: invalid(problem) };
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const describe = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: Extra inputs are not permitted`).join('; ')
    : `${issue.path.join('.')}: ${issue.message}`;

const problemOf = (request: MessagesRequest): string | undefined => {
  if (request.messages.at(-1)?.role !== 'user')
    return 'This model does not support assistant message prefill; the last message must be a user turn';
  if (blocksOf(request).filter(({ cache_control }) => cache_control).length > 4)
    return 'A maximum of 4 blocks with cache_control may be provided';
  if (request.model.startsWith('claude-haiku-4') && request.output_config?.effort)
    return 'This model does not support the effort parameter';
  const schema = request.output_config?.format?.schema;
  return schema === undefined ? undefined : schemaProblem(schema, 'output_config.format.schema');
};

/** The blocks of a prompt in the order in which they are cached: system first. */
export const blocksOf = ({ system, messages }: MessagesRequest): TextBlock[] =>
  [system ?? [], ...messages.map((message) => message.content)].flatMap((given) =>
    typeof given === 'string' ? [{ type: 'text' as const, text: given }] : given,
  );

const UNSUPPORTED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
];

/** The limits of JSON Schema in structured outputs: closed objects, no bounds. */
const schemaProblem = (schema: unknown, path: string): string | undefined => {
  if (Array.isArray(schema)) return firstOf(schema.map((part, index) => schemaProblem(part, `${path}.${index}`)));
  if (schema === null || typeof schema !== 'object') return undefined;
  const node = schema as Record<string, unknown>;
  if (node['type'] === 'object' && node['additionalProperties'] !== false) {
    return `${path}: For 'object' type, 'additionalProperties' must be explicitly set to false`;
  }
  const banned = UNSUPPORTED.find((key) => key in node && typeof node[key] !== 'object');
  if (banned !== undefined) return `${path}: property '${banned}' is not supported`;
  if (typeof node['minItems'] === 'number' && node['minItems'] > 1)
    return `${path}: 'minItems' values other than 0 or 1 are not supported`;
  return firstOf(Object.entries(node).map(([key, inner]) => schemaProblem(inner, `${path}.${key}`)));
};

const firstOf = (problems: (string | undefined)[]): string | undefined => problems.find((problem) => problem !== undefined);
