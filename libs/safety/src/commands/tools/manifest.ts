import { parseAllDocuments } from 'yaml';

const SIZE_MAX = 200_000;

/** Named findings in the YAML or JSON of a manifest or patch; `unreadable-manifest` when it cannot be parsed. */
export const manifestMarks = (text: string): string[] => {
  if (text.length > SIZE_MAX) return ['unreadable-manifest'];
  const marks = new Set<string>();
  try {
    for (const document of parseAllDocuments(text, { logLevel: 'silent' })) {
      if (document.errors.length > 0) marks.add('unreadable-manifest');
      visit(document.toJS({ maxAliasCount: 50 }), marks, 0);
    }
  } catch {
    marks.add('unreadable-manifest'); // A bomb of aliases, or no YAML at all.
  }
  return [...marks];
};

const visit = (value: unknown, marks: Set<string>, depth: number): void => {
  if (depth > 60 || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) return value.forEach((item) => visit(item, marks, depth + 1));
  const node = value as Record<string, unknown>;
  if (
    node['privileged'] === true ||
    node['allowPrivilegeEscalation'] === true ||
    node['hostPID'] === true ||
    node['hostNetwork'] === true ||
    node['hostIPC'] === true
  )
    marks.add('privileged-pod');
  if ('hostPath' in node && node['hostPath'] !== null) marks.add('privileged-pod');
  if (node['replicas'] === 0) marks.add('scale-to-zero');
  if (node['finalizers'] === null || (Array.isArray(node['finalizers']) && node['finalizers'].length === 0))
    marks.add('removes-finalizers');
  if (node['$patch'] === 'delete' || node['$patch'] === 'replace') marks.add('deletes-by-patch');
  if (node['op'] === 'remove') marks.add('deletes-by-patch');
  if (typeof node['path'] === 'string') jsonPatch(node['path'], node['value'], marks);
  const roleRef = node['roleRef'] as Record<string, unknown> | undefined;
  if (roleRef && /^(cluster-admin|admin|edit)$/.test(String(roleRef['name']))) marks.add('rbac-widening');
  const verbs = node['verbs'];
  if (Array.isArray(verbs) && verbs.includes('*')) marks.add('rbac-widening');
  Object.values(node).forEach((child) => visit(child, marks, depth + 1));
};

/** RFC 6902 operations name a field by path instead of by nesting. */
const jsonPatch = (path: string, value: unknown, marks: Set<string>): void => {
  const field = path.split('/').at(-1) ?? '';
  if (/^(privileged|allowPrivilegeEscalation|hostPID|hostNetwork|hostIPC)$/.test(field) && value === true)
    marks.add('privileged-pod');
  if (field === 'replicas' && value === 0) marks.add('scale-to-zero');
  if (field === 'finalizers') marks.add('removes-finalizers');
};
