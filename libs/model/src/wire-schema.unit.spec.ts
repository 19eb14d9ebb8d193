import { z } from 'zod';
import { wireFormat } from './wire-schema.js';

const Schema = z.object({
  confidence: z.number().min(0).max(1),
  name: z.string().min(1).max(60),
  parts: z.array(z.object({ id: z.string().regex(/^h\d$/) })).max(3),
  choice: z.string().nullable(),
});

describe('wireFormat', () => {
  it('closes objects, requires every field and leaves bounds to the descriptions', () => {
    const { type, schema } = wireFormat(Schema);
    expect(type).toBe('json_schema');
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['confidence', 'name', 'parts', 'choice'],
    });
    expect(JSON.stringify(schema)).not.toMatch(/"(minimum|maximum|minLength|maxLength|maxItems|pattern)":/);
    expect(JSON.stringify(schema)).toContain('maximum: 1');
  });

  it('carries no function: it goes over the wire', () => {
    expect(Object.keys(wireFormat(Schema))).toEqual(['type', 'schema']);
  });

  it('is made once per schema', () => {
    expect(wireFormat(Schema)).toBe(wireFormat(Schema));
  });
});
