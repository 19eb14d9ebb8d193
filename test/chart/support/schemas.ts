import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { alone, CACHE } from './tools.js';

/** Whose own sources hold the schemas: Kubernetes' OpenAPI file, and the definitions of the custom resources that the chart makes. */
const KUBERNETES = 'k8s.io/kubernetes@v1.34.0';
const CUSTOM = {
  'github.com/kedacore/keda/v2@v2.17.0': 'config/crd/bases',
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': 'example/prometheus-operator-crd',
  'sigs.k8s.io/gateway-api@v1.3.0': 'config/crd/standard',
};

type Schema = Record<string, unknown>;
const Schemas = z.record(z.string(), z.record(z.string(), z.unknown()));
const KindOf = z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() }));
const Crd = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }) })),
  }),
});

/**
 * A folder with a strict JSON Schema per kind, named by `SCHEMA_FILES`. Made once, of Go modules, which npm test may fetch.
 * @returns undefined where they cannot be had.
 */
export const kubernetesSchemas = (): string | undefined => {
  const folder = join(CACHE, `schemas-${[KUBERNETES, ...Object.keys(CUSTOM)].map((name) => name.split('@').at(-1)).join('-')}`);
  return existsSync(folder) ? folder : alone(() => fetched(folder));
};

const fetched = (folder: string): string | undefined => {
  if (existsSync(folder)) return folder; // Somebody else was first.
  try {
    process.stderr.write('  Fetching the schemas of Kubernetes and of custom resources; this takes a minute, once …\n');
    const half = `${folder}.${process.pid}`;
    mkdirSync(half, { recursive: true });
    const write = (group: string, version: string, kind: string, schema: Schema): void =>
      writeFileSync(join(half, schemaFile(kind, group, version)), JSON.stringify(schema));
    writeBuiltIn(moduleFolder(KUBERNETES), write);
    for (const [name, path] of Object.entries(CUSTOM)) writeCustom(join(moduleFolder(name), path), write);
    renameSync(half, folder);
    return folder;
  } catch (error) {
    process.stderr.write(`  The schemas cannot be had: ${String(error).split('\n')[0]}\n`);
    return undefined;
  }
};

/** The same as a template of kubeconform. */
export const SCHEMA_FILES = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

const schemaFile = (kind: string, group: string, version: string): string =>
  `${[kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-')}.json`;

type Write = (group: string, version: string, kind: string, schema: Schema) => void;

const moduleFolder = (name: string): string => {
  const text = execFileSync('go', ['mod', 'download', '-json', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return z.object({ Dir: z.string() }).parse(JSON.parse(text)).Dir;
};

const writeBuiltIn = (source: string, write: Write): void => {
  const text = readFileSync(join(source, 'api/openapi-spec/swagger.json'), 'utf8');
  const { definitions } = z.object({ definitions: Schemas }).parse(JSON.parse(text));
  const strictly = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, loosened[name] ?? strict(schema)]),
  );
  for (const [name, schema] of Object.entries(definitions))
    for (const { group, version, kind } of KindOf.catch([]).parse(schema['x-kubernetes-group-version-kind']))
      write(group, version, kind, { $ref: `#/definitions/${name}`, definitions: reached(name, strictly) });
};

/** What OpenAPI 2 cannot say. */
const loosened: Record<string, Schema> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
};

const reached = (name: string, all: Record<string, Schema>, found: Record<string, Schema> = {}): Record<string, Schema> => {
  const schema = all[name];
  if (!schema || found[name]) return found;
  found[name] = schema;
  for (const [, next] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) reached(next ?? '', all, found);
  return found;
};

const writeCustom = (folder: string, write: Write): void => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const crd = Crd.safeParse(parse(readFileSync(join(folder, file), 'utf8')));
    if (!crd.success) continue; // A kustomization.
    const { group, names, versions } = crd.data.spec;
    for (const { name, schema } of versions) {
      const own = strict({ ...schema.openAPIV3Schema });
      write(group, name, names.kind, { ...own, properties: { ...(own['properties'] as Schema), metadata: { type: 'object' } } });
    }
  }
};

/** Objects hold what is named and nothing else, as the API server warns of it; a typing error would be dropped in silence there. */
const strict = (schema: Schema): Schema => {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map((each: unknown) => (isSchema(each) ? strict(each) : each))];
      return [key, isSchema(value) ? strict(value) : value];
    }),
  );
  const closed = isSchema(schema['properties']) && !('additionalProperties' in schema) && schema['type'] === 'object';
  return closed && !schema['x-kubernetes-preserve-unknown-fields'] ? { ...inner, additionalProperties: false } : inner;
};

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
