import { diagnose } from '../index.js';
import { incident, snapshot, text, type Piece } from '../testing/builders.js';

const POD = 'cart-6c9b8d7f5c-q8w2z';

describe('an item that holds text and JSON', () => {
  it('is read in both', () => {
    const both: Piece = {
      dimension: 'kubernetes',
      item: {
        id: 'b1',
        status: 'ok',
        title: 'pods',
        json: { pods: 1 },
        text: `pod ${POD}: Failed to pull image "cart:v9": manifest unknown`,
      },
    };
    expect(diagnose(snapshot(both), incident('cart does not start')).report.hypotheses[0]).toMatchObject({
      faultType: 'image_pull_backoff',
      evidenceIds: ['b1'],
    });
  });

  it('counts nothing twice when the text is the same JSON', () => {
    const value = { message: 'dial tcp 10.0.0.1:5432: connection refused', service: 'cart' };
    const twice: Piece = {
      dimension: 'logs',
      item: { id: 'b2', status: 'ok', title: 'log', json: value, text: JSON.stringify(value) },
    };
    const once: Piece = { dimension: 'logs', item: { id: 'b2', status: 'ok', title: 'log', json: value } };
    expect(diagnose(snapshot(twice), incident('cart fails')).report).toEqual(
      diagnose(snapshot(once), incident('cart fails')).report,
    );
  });
});

it.each([
  ['psql -c "select * from services where id = 1"', 'where'],
  ['curl -s http://10.0.0.1/nodes/list-of-everything', 'list-of-everything'],
  ['grep pods with-errors /var/log/app', 'with-errors'],
])('takes no words of a foreign command for the thing that is broken: %s', (invocation, word) => {
  const piece = text('logs', 'ERROR connection refused by 10.0.0.2:5432', { title: 'output', invocation });
  const { report } = diagnose(snapshot(piece), incident('something fails'));
  expect(report.hypotheses.map(({ component }) => component)).not.toContain(word);
});

it.each([
  [`kubectl -n shop logs --tail=50 deploy/cart -c cart`, 'cart'],
  ['kubectl describe sts orders-db -n shop', 'orders-db'],
  ['journalctl --since "10 min ago" -u haproxy.service', 'haproxy'],
  ['{namespace="shop", app="checkout"} |= "error"', 'checkout'],
])('knows what a command or selector was asked for: %s', (invocation, component) => {
  const piece = text('logs', 'ERROR out of memory: Killed process 12 (java)', { title: 'output', invocation });
  const { report } = diagnose(snapshot(piece), incident('something fails'));
  expect(report.hypotheses[0]).toMatchObject({ component, faultType: 'oom_killed' });
});
