import { EvidenceSnapshot, Hypothesis, Incident, type Dimension, type EvidenceItem } from '@inquest/contracts';
import { entitiesOf } from '../entities.js';
import { candidateRemedies } from '../remedies/propose-remedy.js';
import { changedRecently } from '../remedies/recent-change.js';
import { ready } from '../sql/parser.js';
import { limitOf } from './limits.js';

beforeAll(ready);

const incident = Incident.parse({
  ...{ source: 'spec', fingerprint: 'f', title: 'web is down', startsAt: '2026-01-01T10:00:00Z', namespace: 'shop' },
});
const web = { kind: 'deployment', name: 'web' } as const;
const DEPLOYMENT = {
  deployments: [{ name: 'web', namespace: 'shop', desired: 3, ready: 2 }],
  nodes: [{ name: 'node-1.internal', ready: 'False' }],
};

type Given = Partial<Omit<EvidenceItem, 'id'>>;
const snapshotOf = (dimension: Dimension, ...items: Given[]): EvidenceSnapshot =>
  EvidenceSnapshot.parse({
    [dimension]: items.map((item, index) => ({ id: `e${index + 1}`, status: 'ok', title: 'Evidence', ...item })),
  });
const seen = (snapshot: EvidenceSnapshot, of = incident): string[] =>
  entitiesOf(snapshot, of)
    .all.filter(({ kind }) => kind !== 'namespace')
    .map(({ kind, name }) => `${kind}/${name}`);

describe('what names things', () => {
  it.each<[string, Dimension, Given, string[]]>([
    ['objects in lists', 'kubernetes', { json: DEPLOYMENT }, ['deployment/web', 'node/node-1.internal']],
    [
      'objects of the API',
      'kubernetes',
      { json: { kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' }, spec: { replicas: 2 } } },
      ['statefulset/db'],
    ],
    [
      "events' objects",
      'kubernetes',
      { json: { items: [{ kind: 'Event', involvedObject: { kind: 'Pod', name: 'db-0', namespace: 'shop' }, message: 'x' }] } },
      ['pod/db-0', 'statefulset/db'],
    ],
    ["alerts' labels", 'alerts', { json: { labels: { deployment: 'web' } } }, ['deployment/web']],
    ["series' labels", 'metrics', { series: [{ name: 'up', labels: { node: 'node-2' }, points: [[1, 1]] }] }, ['node/node-2']],
    [
      'a table of pods',
      'kubernetes',
      {
        tool: 'kubectl',
        invocation: 'kubectl get pods -n shop',
        text: 'NAME   READY   STATUS    RESTARTS\ndb-0   1/1     Running   0\n',
      },
      ['pod/db-0', 'statefulset/db'],
    ],
    [
      "a description's head",
      'kubernetes',
      {
        tool: 'kubectl',
        invocation: 'kubectl describe pod -n shop db-0',
        text: 'Name:          db-0\nNamespace:     shop\nNode:          node-3/10.0.0.3\nControlled By: StatefulSet/db\nContainers:\n  db:\n',
      },
      ['pod/db-0', 'statefulset/db', 'node/node-3'],
    ],
    [
      'sessions of a database',
      'metrics',
      { tool: 'psql', text: '  pid  | state  | query\n-------+--------+-------\n  4711 | active | SELECT 1\n' },
      ['backend/4711'],
    ],
    ['sessions as rows', 'metrics', { json: [{ pid: 4711, state: 'active', query: 'SELECT 1' }] }, ['backend/4711']],
  ])('are %s', (_what, dimension, item, names) => expect(seen(snapshotOf(dimension, item)).sort()).toEqual([...names].sort()));

  const LINE = 'pid=1 node/evil-node deployment/evil image: evil.example/web:1 pod evil-7f9dd8b6c4-x7gr9 --namespace evil';
  it.each<[string, Dimension, Given]>([
    ['a log line', 'logs', { text: LINE }],
    ['a log line in JSON', 'logs', { json: { logs: [{ message: LINE, pid: 1, state: 'x', node: 'evil-node' }] } }],
    [
      'a log of a program that prints tables',
      'logs',
      { tool: 'kubectl', invocation: 'kubectl get pods', text: 'NAME  RESTARTS\nevil-0  1' },
    ],
    ['a span', 'traces', { json: { deployment: 'evil', attributes: { node: 'evil-node' } } }],
    ['an old write-up', 'history', { text: LINE, json: { deployment: 'evil' } }],
    [
      'what a third party supplied',
      'kubernetes',
      { trusted: false, json: { deployments: [{ name: 'evil', namespace: 'shop' }] } },
    ],
    ['a title', 'kubernetes', { title: LINE }],
    ['the text of an alert', 'alerts', { text: LINE, json: { annotations: { node: 'evil-node' }, message: 'evil-node' } }],
    ['the message of an event', 'kubernetes', { json: { reason: 'Failed', message: LINE } }],
    [
      'the table that the message of an event draws',
      'kubernetes',
      {
        tool: 'kubectl',
        invocation: 'kubectl events -n shop',
        text: 'LAST SEEN  MESSAGE\n1m  x\nNAME    READY   RESTARTS\nevil-0  1/1     0\n',
      },
    ],
    [
      'the last words of a container',
      'kubernetes',
      {
        invocation: 'kubectl describe pod db-0',
        text: 'Containers:\n      Message:  bye\nName:  evil\nNode:  evil-node/10.0.0.1\n',
      },
    ],
    [
      "an object's annotations",
      'kubernetes',
      { json: { metadata: { annotations: { node: 'evil-node' }, labels: { node: 'evil-node' } } } },
    ],
    ["a ConfigMap's content", 'kubernetes', { json: { kind: 'ConfigMap', data: { node: 'evil-node' } } }],
    [
      'columns of free choice',
      'kubernetes',
      { invocation: 'kubectl get pods -o custom-columns=NAME:.x', text: 'NAME   RESTARTS\nevil-0  1' },
    ],
    ['the process id of a log record', 'metrics', { json: { level: 30, pid: 1, hostname: 'web' } }],
    [
      'a query that draws a row',
      'metrics',
      { tool: 'psql', text: ' state  | query | pid\n--------+-------+-----\n active | 1 | 4 | 9\n' },
    ],
    [
      'a command that a text quotes',
      'kubernetes',
      { tool: 'collector', text: 'kubectl get pods\nNAME    RESTARTS\nevil-0  1\n' },
    ],
  ])('is not %s', (_what, dimension, item) => {
    const snapshot = snapshotOf(dimension, item);
    expect(seen(snapshot).filter((name) => /evil|backend/.test(name))).toEqual([]);
    for (const word of ['evil', 'evil-node', 'evil-0', '1']) expect(entitiesOf(snapshot, incident).mentions(word)).toBe(false);
  });

  it("is not an incident's title, description or annotation either", () => {
    const told = Incident.parse({
      ...{ ...incident, title: LINE, description: LINE, labels: { deployment: 'web' } },
      annotations: { node: 'evil-node', summary: LINE },
    });
    expect(seen(snapshotOf('logs'), told)).toEqual(['deployment/web']);
  });

  it('believes the API server before an alert rule', () => {
    const snapshot = EvidenceSnapshot.parse({
      alerts: [{ id: 'a1', status: 'ok', title: 'x', json: { deployment: 'web', namespace: 'elsewhere' } }],
      kubernetes: [{ id: 'k1', status: 'ok', title: 'x', json: DEPLOYMENT }],
    });
    expect(entitiesOf(snapshot, incident).named('web', ['deployment'])[0]).toMatchObject({ namespace: 'shop', replicas: 3 });
  });
});

describe('a change', () => {
  it.each<[string, Given]>([
    ['a record with the new image', { json: { deployment: 'web', new_image: 'web:2' } }],
    ['a release in a list', { json: { releases: [{ name: 'web', revision: 4, deployed_at: '2026-01-01T09:30:00Z' }] } }],
    ['an object with its history', { json: { metadata: { name: 'web' }, status: { history: [{ revision: 4 }] } } }],
    [
      "a release tool's history of it",
      { tool: 'argocd', invocation: 'argocd app history web', text: '36  2026-01-01\n37  2026-01-01' },
    ],
    [
      'a rollout history',
      { tool: 'kubectl', invocation: 'kubectl -n shop rollout history deployment/web', text: 'REVISION\n36' },
    ],
  ])('is %s', (_what, item) => expect(changedRecently(snapshotOf('changes', item), incident, 'web')).toBe(true));

  it.each<[string, Given]>([
    ['a title', { title: 'Deployment web rolled out, image updated, revision 4' }],
    ['a text', { text: 'web image changed 1.4.1 -> 1.4.2, commit 9c41e7d, release 4 of web rolled out' }],
    ['a commit message', { json: { message: 'web: release 4 rolled out', author: 'web' } }],
    ['a record about another thing', { json: { deployment: 'web-admin', new_image: 'web:2' } }],
    ['a mention in a record', { json: { deployment: 'api', new_image: 'api:2', note: 'web' } }],
    ['what a third party supplied', { trusted: false, json: { deployment: 'web', new_image: 'web:2' } }],
    ['a query that failed', { status: 'error', json: { deployment: 'web', new_image: 'web:2' } }],
    ["a release tool's history of another thing", { invocation: 'argocd app history api', text: 'web 36' }],
  ])('is not %s', (_what, item) => expect(changedRecently(snapshotOf('changes', item), incident, 'web')).toBe(false));
});

describe("a workload's limit", () => {
  const pod = (name: string, ...memory: (string | undefined)[]): object => ({
    kind: 'Pod',
    metadata: { name },
    spec: { containers: memory.map((limit) => ({ resources: { limits: limit === undefined ? {} : { memory: limit } } })) },
  });
  const limit = (...json: unknown[]) =>
    limitOf(snapshotOf('kubernetes', ...json.map((one) => ({ json: one as EvidenceItem['json'] }))), web, 'memory');

  it('is that of its template or its pods', () => {
    const template = { spec: { containers: [{ resources: { limits: { memory: '512Mi' } } }] } };
    expect(limit({ kind: 'Deployment', metadata: { name: 'web' }, spec: { template } })).toEqual({ amount: 512, unit: 'Mi' });
    expect(limit(pod('web-7f9dd8b6c4-x7gr9', '2Gi'), pod('web-7f9dd8b6c4-2hk8w', '2Gi'))).toEqual({ amount: 2, unit: 'Gi' });
  });

  it.each<[string, unknown[]]>([
    ['containers differ', [pod('web-7f9dd8b6c4-x7gr9', '512Mi', '64Mi')]],
    ['a container has none', [pod('web-7f9dd8b6c4-x7gr9', '512Mi', undefined)]],
    ['it is of another workload', [pod('api-7f9dd8b6c4-x7gr9', '512Mi')]],
    ['it is no quantity', [pod('web-7f9dd8b6c4-x7gr9', '512Mi; reboot')]],
    ['only words say it', [{ message: 'memory_limit=1Mi limits: memory: 1Mi' }]],
  ])('is unknown when %s', (_when, json) => expect(limit(...json)).toBeUndefined());

  it('is never what a cited log line says', () => {
    const snapshot = EvidenceSnapshot.parse({
      kubernetes: [{ id: 'k1', status: 'ok', title: 'x', json: DEPLOYMENT }],
      logs: [{ id: 'l1', status: 'ok', title: 'web', text: 'startup memory_limit=1Mi cpu_limit=1m' }],
    });
    const cause = {
      id: 'h1',
      cause: 'It broke.',
      component: 'web',
      category: 'unknown',
      confidence: 0.9,
      evidenceIds: ['l1', 'k1'],
    };
    for (const faultType of ['oom_killed', 'cpu_throttling'])
      expect(
        candidateRemedies(Hypothesis.parse({ ...cause, faultType }), snapshot, incident).actions.map(({ command }) => command),
      ).toEqual(['']);
  });
});
