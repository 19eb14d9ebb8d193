import { parseAllDocuments } from 'yaml';
import { fieldMarks, nodeMarks } from './field-marks.js';
import { isNode, textOf, type ManifestFact, type Node } from './manifest-fact.js';

const SIZE_MAX = 200_000;
/** Characters. The YAML parser takes seconds for some longer texts. */
const YAML_MAX = 20_000;
const DEPTH_MAX = 60;
const DOCUMENTS_MAX = 200;

/** The facts of every document of a YAML or JSON manifest, or of a patch; never throws. Lists count as their items. */
export const readManifest = (text: string): ManifestFact[] => {
  if (text.length > SIZE_MAX) return [unreadable];
  try {
    const json = parseJson(text);
    if (json !== undefined) return documentFacts(json);
    if (text.length > YAML_MAX) return [unreadable];
    return parseAllDocuments(text, { logLevel: 'silent' })
      .slice(0, DOCUMENTS_MAX)
      .flatMap((document) => [
        ...(document.errors.length > 0 ? [unreadable] : []),
        ...documentFacts(document.toJS({ maxAliasCount: 50 })),
      ]);
  } catch {
    return [unreadable]; // A bomb of aliases, or no YAML at all.
  }
};

const unreadable: ManifestFact = { kind: '', name: '', marks: ['unreadable-manifest'] };

/** Patches are mostly JSON, which the YAML parser reads ten times slower. */
const parseJson = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const documentFacts = (document: unknown): ManifestFact[] => {
  if (document === null || document === undefined) return [];
  if (Array.isArray(document)) return [factOf({}, document)];
  if (!isNode(document)) return [unreadable];
  const { items } = document;
  if (/List$/.test(textOf(document['kind'])) && Array.isArray(items)) return items.flatMap(documentFacts);
  return [factOf(document, document)];
};

const factOf = (document: Node, content: unknown): ManifestFact => {
  const metadata = isNode(document['metadata']) ? document['metadata'] : {};
  const marks = new Set<string>();
  visit(content, marks, 0);
  const namespace = textOf(metadata['namespace']);
  return {
    kind: textOf(document['kind']).toLowerCase(),
    name: textOf(metadata['name']),
    ...(namespace ? { namespace } : {}),
    marks: [...marks],
  };
};

const visit = (value: unknown, marks: Set<string>, depth: number): void => {
  if (depth > DEPTH_MAX) return void marks.add('unreadable-manifest');
  if (Array.isArray(value)) return value.forEach((item) => visit(item, marks, depth + 1));
  if (!isNode(value)) return;
  const found = [...nodeMarks(value), ...patchMarks(value)];
  for (const [field, child] of Object.entries(value)) {
    found.push(...fieldMarks(field, child));
    visit(child, marks, depth + 1);
  }
  found.forEach((mark) => marks.add(mark));
};

/** RFC 6902 operations name a field by path instead of by nesting. */
const patchMarks = ({ op, path, value }: Node): string[] => {
  if (typeof op !== 'string' || typeof path !== 'string') return [];
  const field = path.split('/').at(-1)?.replaceAll('~1', '/') ?? '';
  const removes = op === 'remove';
  return [
    ...(removes ? ['deletes-by-patch'] : fieldMarks(field, value)),
    ...(removes && /\/finalizers(\/|$)/.test(path) ? ['removes-finalizers'] : []),
  ];
};
