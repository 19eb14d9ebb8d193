import fc from 'fast-check';
import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Names that have broken programs before: own and inherited members of every object. */
export const HOSTILE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length'];

/** Any JSON at all: odd names, half surrogates, NUL, numbers at every edge. */
export const anyJson = (): fc.Arbitrary<unknown> =>
  fc.anything({
    key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_NAMES)),
    values: [
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\0', '\ud800', '\udfff x', 'x'.repeat(70_000), ''),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(-0, 1e308, Number.MAX_SAFE_INTEGER + 2, 5e-324),
    ],
    maxDepth: 4,
    maxKeys: 8,
  });

/** Values that a schema allows, at and between its bounds; made of what the schema says about itself. */
export const valuesOf = (schema: z.ZodType): fc.Arbitrary<unknown> => fromJsonSchema(z.toJSONSchema(schema, { io: 'input' }));

const text = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', minLength: min, maxLength: Math.min(max, Math.max(min, 40)) }).filter((s) => s.length <= max),
    fc.constantFrom('x'.repeat(Math.min(max, 300)), '\0'.repeat(Math.max(min, 1)), '\ud800'.repeat(Math.max(min, 1))),
  );

const fromJsonSchema = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((one) => fromJsonSchema(one)));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  if (schema.$ref !== undefined) return fc.jsonValue({ maxDepth: 2 });
  switch (schema.type) {
    case 'string':
      if (schema.format === 'uuid') return fc.uuid();
      if (schema.format === 'date-time') return fc.date({ noInvalidDate: true, ...YEARS }).map((date) => date.toISOString());
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
      return text(schema.minLength ?? 0, schema.maxLength ?? 1_000);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: Math.min(schema.maximum ?? 1_000_000, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e300, max: schema.maximum ?? 1e300, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrays(schema);
    case 'object':
      return objects(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
};

const YEARS = { min: new Date('1970-01-01T00:00:00Z'), max: new Date('2999-12-31T00:00:00Z') };

const arrays = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map((item) => fromJsonSchema(item as JsonSchema)));
  const { minItems = 0, maxItems = 3 } = schema;
  return fc.array(fromJsonSchema((schema.items ?? {}) as JsonSchema), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, 3)),
  });
};

const objects = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const { properties, required = [], propertyNames, additionalProperties } = schema;
  if (!properties)
    return fc.dictionary(
      fromJsonSchema((propertyNames ?? { type: 'string', maxLength: 20 }) as JsonSchema) as fc.Arbitrary<string>,
      fromJsonSchema((additionalProperties === true ? {} : (additionalProperties ?? {})) as JsonSchema),
      { maxKeys: 4 },
    );
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, fromJsonSchema(one as JsonSchema)]));
  return fc.record(fields, { requiredKeys: required });
};
