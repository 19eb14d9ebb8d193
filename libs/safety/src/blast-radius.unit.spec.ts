import { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { blastRadius } from './blast-radius.js';
import { readCommand } from './commands/read-command.js';
import { entitiesOf } from './entities.js';
import { ready } from './sql/parser.js';

beforeAll(ready);

const incident = Incident.parse({ source: 'test', fingerprint: 'f', title: 'web is slow', startsAt: '2026-01-01T00:00:00Z' });
const deployments = [
  { name: 'web', namespace: 'shop', desired: 4, ready: 4 },
  { name: 'lonely', namespace: 'shop', desired: 1, ready: 1 },
  { name: 'limping', namespace: 'shop', desired: 3, ready: 1 },
];
const snapshot = EvidenceSnapshot.parse({
  kubernetes: [{ id: 'k1', status: 'ok', title: 'Deployments', json: { deployments } }],
});
const entities = entitiesOf(snapshot, incident);
const radius = (command: string, hasUndo: boolean | null = true) => blastRadius(readCommand(command), { entities, hasUndo });
const points = (command: string, hasUndo: boolean | null = true): number => radius(command, hasUndo).points;

describe('blast radius', () => {
  it('is nothing for looking', () => expect(points('kubectl get pods -A')).toBe(0));

  it('is the sum of its terms, within 0 and 100', () => {
    for (const command of ['kubectl -n shop rollout restart deployment/web', 'rm -rf /', 'helm rollback web 3 -n kube-system']) {
      const { points: total, terms } = radius(command);
      expect(total).toBe(
        Math.min(
          100,
          terms.reduce((sum, term) => sum + term.points, 0),
        ),
      );
      expect(terms.every(({ why }) => why !== '')).toBe(true);
    }
  });

  it('stays within 20 for a rolling restart of several healthy replicas', () =>
    expect(points('kubectl -n shop rollout restart deployment/web')).toBeLessThanOrEqual(20));

  it('grows as the evidence shows fewer healthy replicas, and when it shows none at all', () => {
    const restart = (name: string): number => points(`kubectl -n shop rollout restart deployment/${name}`);
    expect(restart('web')).toBeLessThan(restart('lonely'));
    expect(restart('web')).toBeLessThan(restart('limping'));
    expect(restart('web')).toBeLessThan(restart('stranger'));
  });

  it('costs more in a namespace that serves the whole cluster', () =>
    expect(points('kubectl -n kube-system rollout restart deployment/web')).toBeGreaterThan(
      points('kubectl -n shop rollout restart deployment/web'),
    ));

  it('costs more without a way back', () =>
    expect(points('kubectl -n shop rollout restart deployment/web', false)).toBeGreaterThan(
      points('kubectl -n shop rollout restart deployment/web'),
    ));

  it('weighs how many replicas a scale-down takes', () =>
    expect(points('kubectl -n shop scale deployment/web --replicas=1')).toBeGreaterThan(
      points('kubectl -n shop scale deployment/web --replicas=3'),
    ));

  it.each(
    ['rm -rf /', 'kubectl delete ns shop', 'helm uninstall web', 'DROP TABLE orders', 'kubectl drain node-1 --force'].map(
      (text) => [text.startsWith('DROP') ? `psql -c '${text}'` : text],
    ),
  )('asks at least for a revision of %s by radius alone', (command) => expect(points(command)).toBeGreaterThan(50));

  it('goes over 80 where data is lost', () => {
    for (const command of [
      `psql -c 'DROP TABLE orders'`,
      `psql -c 'DELETE FROM orders'`,
      'rm -rf /srv/data',
      'mkfs.ext4 /dev/sdb',
    ])
      expect(points(command)).toBeGreaterThan(80);
  });

  it.each([
    ['a program that deletes', `python3 -c "import shutil; shutil.rmtree('/srv/data')"`],
    ['a manifest that nobody has read', 'cat all.yaml | kubectl delete -f -'],
    ['a replacement by deletion', 'kubectl replace --force -f web.yaml'],
    ['a backup that a platform keeps', 'velero backup delete nightly --confirm'],
    ['a move to where nothing comes back from', 'mv /srv/app.db /dev/null'],
  ])('takes %s for a loss of data', (_what, command) =>
    expect(radius(command).terms.map(({ term: name }) => name)).toContain('data-loss'),
  );

  it('takes a system file that is written over for no loss of data: it comes back with its package', () =>
    expect(radius('scp nginx.conf ops@web-1:/etc/nginx/nginx.conf').terms.map(({ term: name }) => name)).not.toContain(
      'data-loss',
    ));

  it('names a program once', () =>
    expect(radius('rm -r /srv/data').terms.find(({ term: name }) => name === 'effect-destroy')?.why).toBe('rm'));

  it('counts what cannot be known', () => expect(points('$TOOL web')).toBeGreaterThan(50));
});
