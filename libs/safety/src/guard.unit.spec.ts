import { guard } from './guard.js';
import { ready } from './sql/parser.js';

beforeAll(ready);

describe('the guard', () => {
  it('approves what only looks, with no radius at all', () =>
    expect(guard('command', 'kubectl get pods -A')).toMatchObject({ decision: 'APPROVE', hits: [], radius: { points: 0 } }));

  it('rejects by radius alone too, and says so', () => {
    const { decision, hits, radius } = guard('sql', 'DELETE FROM orders');
    expect(decision).toBe('REJECT');
    expect(radius.points).toBeGreaterThan(80);
    expect(hits.map(({ ruleId }) => ruleId)).toEqual(expect.arrayContaining(['sql-delete-all', 'radius-over-80']));
  });

  it('gives the terms that add up to the radius', () => {
    const { radius } = guard('command', 'helm rollback web 3 -n shop');
    expect(radius.terms.reduce((sum, { points }) => sum + points, 0)).toBe(radius.points);
  });

  it('asks about what it cannot read', () => expect(guard('command', `echo 'never closed`).decision).toBe('REQUEST_REVISION'));

  it.each([
    ['open quotes', '"'.repeat(100_000)],
    ['open substitutions', '$('.repeat(100_000)],
    ['one long word', 'a'.repeat(1_000_000)],
    ['many commands', 'ls;'.repeat(16_000)],
    ['a long program', `python3 -c '${'"\\"'.repeat(12_000)}'`],
    ['a long script of sed', `sed '${'s/a/b/;'.repeat(6_000)}'`],
    ['long SQL for another dialect', `mysql -e "${`'\\`.repeat(16_000)}"`],
    ['a long manifest', `kubectl apply -f - <<E\n${'- [\n'.repeat(10_000)}\nE`],
    ['braces', 'echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}'],
  ])('ends soon on hostile input: %s', (_what, text) => {
    const startedMs = performance.now();
    expect(['APPROVE', 'REQUEST_REVISION', 'REJECT']).toContain(guard('command', text).decision);
    expect(performance.now() - startedMs).toBeLessThan(15_000); // Milliseconds in practice; quadratic work takes minutes.
  });
});
