import type { ChangeFact } from './fact.js';
import { objectsIn, textAt } from './json.js';
import type { Material } from './material.js';
import { quote, splitLines } from './text.js';

const OBJECT =
  /\b(?:Kustomization|HelmRelease|Application|Deployment|StatefulSet|DaemonSet|ConfigMap|Secret|Service|Ingress)\/[\w.-]+/;

/** `release 12 of payments-api`, `deploy payments-api`, `Deployment/payments-api`. */
const SERVICE =
  /\b(?:(?:release|rollout|deploy(?:ment|ed)?|upgrade|version) (?:\S{1,60} )?(?:of|to|for) |(?:Deployment|StatefulSet|HelmRelease|Application)\/|app(?:lication)?[=: ]{1,2})([a-z0-9][\w.-]{2,80})/i;
const INSTANT = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/;

const timeIn = (text: string): number | undefined => {
  const at = /^\d{10}$/.test(text) ? Number(text) * 1_000 : Date.parse((INSTANT.exec(text)?.[0] ?? '').replace(' ', 'T'));
  return Number.isFinite(at) ? at : undefined;
};

const textChange = (material: Material): ChangeFact[] => {
  const lines = splitLines(material.text).slice(0, 2_000);
  const removed = lines.filter((line) => /^-(?!--)\s*\S/.test(line)).map((line) => quote(line.slice(1), 200));
  const added = lines.filter((line) => /^\+(?!\+\+)\s*\S/.test(line)).map((line) => quote(line.slice(1), 200));
  const file = /^(?:---|\+\+\+) (?:[ab]\/)?(\S+)/m.exec(material.text)?.[1];
  const object = OBJECT.exec(material.text)?.[0] ?? file ?? '';
  if (removed.length === 0 && added.length === 0 && material.dimension !== 'changes') return [];
  return [
    {
      object: file === undefined ? object : `${file}`,
      service: SERVICE.exec(material.text)?.[1] ?? '',
      at: timeIn(material.text),
      removed,
      added,
      text: quote(material.text, 600),
      id: material.id,
    },
  ];
};

const WHEN = [
  'timestamp',
  'time',
  'date',
  'at',
  'deployedAt',
  'deployed_at',
  'createdAt',
  'created_at',
  'merged_at',
  'finishedAt',
];

/** Deploys, commits and configuration changes; a diff's lines kept apart by side. */
export const changesOf = (material: Material): ChangeFact[] => {
  if (material.json === undefined) return textChange(material);
  return objectsIn(material.json).flatMap((value) => {
    const text = textAt(value, 'diff', 'patch', 'message', 'title', 'description', 'change');
    if (text === undefined) return [];
    return textChange({ ...material, text, json: undefined }).map((change) => ({
      ...change,
      object: textAt(value, 'service', 'object', 'name', 'repo') ?? change.object,
      service: textAt(value, 'service', 'app', 'application', 'workload', 'deployment') ?? change.service,
      at: timeIn(textAt(value, ...WHEN) ?? '') ?? change.at,
    }));
  });
};
