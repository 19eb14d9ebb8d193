import { emptySnapshot, Incident, type EvidenceItem } from '@inquest/contracts';
import { evidenceIdsOf, groundsOf } from './evidence-ids.js';

const item = (more: Partial<EvidenceItem>): EvidenceItem => ({ id: 'e1', status: 'ok', title: 't', trusted: true, ...more });
const incident = Incident.parse({ source: 's', fingerprint: 'f', title: 'Checkout fails', startsAt: '2026-01-01T00:00:00Z' });
const snapshot = {
  ...emptySnapshot(),
  kubernetes: [item({ id: 'k1', json: { pods: [{ name: 'payments-api-7c9d5f6b8d-4xk2p' }] } })],
  metrics: [item({ id: 'm1', series: [{ name: 'up', labels: { server: 'orders-db' }, points: [] }] })],
  logs: [item({ id: 'l1', text: 'cannot reach the database' })],
};

it('lists every id of the snapshot', () => expect(evidenceIdsOf(snapshot)).toEqual(['m1', 'l1', 'k1']));

describe('the grounds of a claim', () => {
  const { ids, names } = groundsOf(snapshot, incident, ['node pool b']);

  it('hold the ids that may be cited', () => expect([...ids].sort()).toEqual(['k1', 'l1', 'm1']));

  it.each([
    'payments-api',
    'Deployment/payments-api',
    'payments-api (namespace payments)',
    'orders-db',
    'the database',
    'Checkout',
    'node pool b',
  ])('know %s by name', (component) => expect(names(component)).toBe(true));

  it.each(['', 'inventory', 'payments-web', 'payments-api and ledger-v2', 'the moon'])('do not know %s', (component) =>
    expect(names(component)).toBe(false),
  );
});
