import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { JSONOutputFormat } from '@anthropic-ai/sdk/resources/messages';
import type { z } from 'zod';

const formats = new WeakMap<z.ZodType, JSONOutputFormat>();

/**
 * The schema as the API takes it: closed objects, and no bounds on lengths or numbers, which the API cannot hold a model
 * to. What is left out stands in the descriptions, and zod enforces it on the reply. Made once per schema.
 */
export const wireFormat = (schema: z.ZodType): JSONOutputFormat => {
  const known = formats.get(schema);
  if (known) return known;
  const { type, schema: wire } = zodOutputFormat(schema);
  const format: JSONOutputFormat = { type, schema: wire };
  formats.set(schema, format);
  return format;
};
