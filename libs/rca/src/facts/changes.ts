import type { ChangeFact } from './fact.js';
import { objectsIn, textAt } from './json.js';
import type { Material } from './material.js';
import { quote, splitLines } from './text.js';

const OBJECT =
  /\b(?:Kustomization|HelmRelease|Application|Deployment|StatefulSet|DaemonSet|ConfigMap|Secret|Service|Ingress)\/[\w.-]+/;

const textChange = (material: Material): ChangeFact[] => {
  const lines = splitLines(material.text).slice(0, 2_000);
  const removed = lines.filter((line) => /^-(?!--)\s*\S/.test(line)).map((line) => quote(line.slice(1), 200));
  const added = lines.filter((line) => /^\+(?!\+\+)\s*\S/.test(line)).map((line) => quote(line.slice(1), 200));
  const file = /^(?:---|\+\+\+) (?:[ab]\/)?(\S+)/m.exec(material.text)?.[1];
  const object = OBJECT.exec(material.text)?.[0] ?? file ?? '';
  if (removed.length === 0 && added.length === 0 && material.dimension !== 'changes') return [];
  return [{ object: file === undefined ? object : `${file}`, removed, added, text: quote(material.text, 600), id: material.id }];
};

/** Deploys, commits and configuration changes; a diff's lines kept apart by side. */
export const changesOf = (material: Material): ChangeFact[] => {
  if (material.json === undefined) return textChange(material);
  return objectsIn(material.json).flatMap((value) => {
    const text = textAt(value, 'diff', 'patch', 'message', 'title', 'description', 'change');
    if (text === undefined) return [];
    return textChange({ ...material, text, json: undefined }).map((change) => ({
      ...change,
      object: textAt(value, 'service', 'object', 'name', 'repo') ?? change.object,
    }));
  });
};
