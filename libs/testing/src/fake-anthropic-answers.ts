import { z } from 'zod';
import { EvidenceStatus } from '@inquest/contracts';
import { blocksOf, type MessagesRequest } from './fake-anthropic-request.js';

/** What a role asks, as it stands in the user message: the question with the marks taken out. */
export const questionOf = (request: MessagesRequest): unknown => {
  const [first] = request.messages;
  const text = typeof first?.content === 'string' ? first.content : (first?.content[0]?.text ?? '{}');
  const { marker } = z.looseObject({ marker: z.string().min(1).default('|') }).parse(JSON.parse(text));
  return z.looseObject({ question: z.unknown() }).parse(JSON.parse(text.replaceAll(`${marker}|`, ''))).question;
};

/** The role that asks: the first line of its system prompt is `# Role: <role>`, which any API accepts. */
export const roleOf = (request: MessagesRequest): string =>
  /^# Role: ([a-z]+)/m.exec(blocksOf({ ...request, messages: [] })[0]?.text ?? '')?.[1] ?? 'unknown';

/** An answer that the request's schema allows, made of what stands in its question. The same question, the same answer. */
export const sensibleAnswer = (request: MessagesRequest): unknown => {
  const schema = request.output_config?.format?.schema;
  if (schema === undefined) return { text: 'As the evidence says.' };
  return fill(schema, '', { schema, ...factsOf(questionOf(request)) });
};

interface Facts {
  readonly evidenceIds: readonly string[];
  readonly candidates: readonly Record<string, unknown>[];
  readonly remedyIds: readonly string[];
}

interface Setting extends Facts {
  readonly schema: Node;
}

type Node = Record<string, unknown>;

const Item = z.looseObject({ id: z.string(), status: EvidenceStatus });
const Named = z.looseObject({ id: z.string() });
const Question = z.looseObject({
  candidates: z.array(z.record(z.string(), z.unknown())).catch([]),
  remedies: z.array(Named).catch([]),
});

const factsOf = (question: unknown): Facts => {
  const { candidates, remedies } = Question.catch({ candidates: [], remedies: [] }).parse(question);
  return { evidenceIds: evidenceIdsIn(question), candidates, remedyIds: remedies.map(({ id }) => id) };
};

/** Ids of evidence items, wherever they stand. */
const evidenceIdsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(evidenceIdsIn);
  if (value === null || typeof value !== 'object') return [];
  const item = Item.safeParse(value);
  return [...(item.success ? [item.data.id] : []), ...Object.values(value).flatMap(evidenceIdsIn)];
};

const node = (value: unknown): Node => (value !== null && typeof value === 'object' ? (value as Node) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const resolved = (schema: Node, setting: Setting): Node => {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return node(node(setting.schema['$defs'])[reference.replace('#/$defs/', '')]);
};

const fill = (given: Node, name: string, setting: Setting): unknown => {
  const schema = resolved(given, setting);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const [variant] = list(schema['anyOf'])
    .map(node)
    .filter((one) => one['type'] !== 'null');
  if (name === 'remedyId') return setting.remedyIds[0] ?? null;
  if (variant) return fill(variant, name, setting);
  switch (schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries(node(schema['properties'])).map(([key, inner]) => [key, fill(node(inner), key, setting)]),
      );
    case 'array':
      return fillArray(node(schema['items']), name, setting);
    case 'boolean':
      return false;
    case 'integer':
      return 1;
    case 'number':
      return 0.9;
    default:
      return name === 'faultType' ? 'unknown_fault' : 'As the evidence says.';
  }
};

const NONE = new Set(['refutedBy', 'missingEvidence', 'objections', 'healthEvidenceIds']);

const fillArray = (items: Node, name: string, setting: Setting): unknown[] => {
  if (NONE.has(name)) return [];
  if (/evidenceIds$/i.test(name)) return setting.evidenceIds.slice(0, 2);
  const schema = resolved(items, setting);
  const properties = node(schema['properties']);
  if (name === 'hypotheses' && setting.candidates.length > 0) {
    return setting.candidates
      .slice(0, 3)
      .map((candidate) =>
        Object.fromEntries(
          Object.entries(properties).map(([key, inner]) => [key, candidate[key] ?? fill(node(inner), key, setting)]),
        ),
      );
  }
  const filled = fill(schema, name, setting);
  const one = node(filled);
  // A list of answers to a fixed set of questions has one for each.
  const questions = list(resolved(node(properties['question']), setting)['enum']);
  return questions.length > 0 ? questions.map((question) => ({ ...one, question })) : [filled];
};
