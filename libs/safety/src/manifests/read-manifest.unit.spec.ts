import fc from 'fast-check';
import { chartValueMarks } from './chart-values.js';
import { imageMarks } from './field-marks.js';
import { readManifest } from './read-manifest.js';

const marks = (text: string): string[] => readManifest(text).flatMap((fact) => [...fact.marks]);
const pod = (spec: string): string => `kind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n${spec}`;

describe('reading a manifest', () => {
  it.each([
    ['a privileged container', pod('  containers:\n  - securityContext:\n      privileged: true'), 'privileged-pod'],
    ['the network of the host', pod('  hostNetwork: true'), 'privileged-pod'],
    ['the processes of the host', '{"spec":{"template":{"spec":{"hostPID":true}}}}', 'privileged-pod'],
    ['a directory of the host', pod('  volumes:\n  - hostPath:\n      path: /'), 'privileged-pod'],
    [
      'a strong capability',
      pod('  containers:\n  - securityContext:\n      capabilities:\n        add: [SYS_ADMIN]'),
      'privileged-pod',
    ],
    ['the same by a JSON patch', '[{"op":"add","path":"/spec/hostNetwork","value":true}]', 'privileged-pod'],
    ['cluster-admin', 'kind: RoleBinding\nroleRef:\n  kind: ClusterRole\n  name: cluster-admin', 'rbac-widening'],
    ['every verb', 'kind: Role\nrules:\n- apiGroups: [""]\n  resources: [pods]\n  verbs: ["*"]', 'rbac-widening'],
    ['secrets for reading', 'kind: Role\nrules:\n- apiGroups: [""]\n  resources: [secrets]\n  verbs: [get]', 'rbac-widening'],
    ['anybody as a subject', 'kind: RoleBinding\nsubjects:\n- name: system:anonymous', 'rbac-widening'],
    [
      'a namespace without pod security',
      'metadata:\n  labels:\n    pod-security.kubernetes.io/enforce: privileged',
      'rbac-widening',
    ],
    ['no replicas', 'kind: Deployment\nspec:\n  replicas: 0', 'scale-to-zero'],
    ['no finalizers', '{"metadata":{"finalizers":null}}', 'removes-finalizers'],
    ['a finalizer less', '[{"op":"remove","path":"/metadata/finalizers/0"}]', 'removes-finalizers'],
    ['deletion by replacement', '{"spec":{"$patch":"replace","containers":[]}}', 'deletes-by-patch'],
    ['a budget that allows everything', 'kind: PodDisruptionBudget\nspec:\n  minAvailable: 0', 'weakens-guard'],
    ['an image that may change', pod('  containers:\n  - image: registry.internal/web:latest'), 'image-unpinned'],
    ['an image from nowhere', pod('  containers:\n  - image: web:1.4'), 'image-from-nowhere'],
    ['no YAML', 'a: [', 'unreadable-manifest'],
  ])('finds %s', (_what, text, mark) => expect(marks(text)).toContain(mark));

  it('has nothing against an ordinary deployment', () =>
    expect(
      marks(
        'kind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - image: registry.internal/web:1.4.2',
      ),
    ).toEqual([]));

  it('reads every document and every item of a list', () => {
    const text = 'kind: Service\nmetadata:\n  name: a\n---\nkind: List\nitems:\n- kind: Namespace\n  metadata:\n    name: b\n';
    expect(readManifest(text).map(({ kind, name }) => `${kind}/${name}`)).toEqual(['service/a', 'namespace/b']);
  });

  it('takes a digest for a fixed image, whatever its name', () => expect(imageMarks(`web@sha256:${'0'.repeat(64)}`)).toEqual([]));

  it('reads values on the command line of a chart', () => {
    expect(chartValueMarks(['--set', 'a.hostNetwork=true,b=1'])).toEqual(['privileged-pod']);
    expect(chartValueMarks(['--set=replicaCount=0'])).toEqual(['scale-to-zero']);
    expect(chartValueMarks(['--set', 'image.tag=1.4.2', '--set', 'replicaCount=3'])).toEqual([]);
  });

  it('never throws', () => fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(readManifest(text)))));
});
