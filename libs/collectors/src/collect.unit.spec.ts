import { emptySnapshot, EvidenceSnapshot } from '@inquest/contracts';
import { collect, merged, notCollected, snapshotOf } from './collect.js';
import { itemOf, type Collected, type Collector } from './collector.js';
import { anIncident } from './testing/an-incident.spec.js';

const found = (id: string, text = 'seen'): Collected =>
  itemOf({ id, dimension: 'logs', kind: 'log', title: id, tool: 'fake', invocation: '' }, 'ok', { text });
const collector = (name: string, answer: Collector['collect']): Collector => ({ name, dimension: 'logs', collect: answer });
const statusesOf = (collected: readonly Collected[]) => collected.map(({ item }) => `${item.id} ${item.status}`);

describe('collecting', () => {
  it('gives what was found though another collector breaks, hangs or overruns', async () => {
    const startedMs = performance.now();
    const collected = await collect(
      [
        collector('good', async () => [found('one')]),
        collector('broken', () => Promise.reject(new TypeError('oops'))),
        collector('deaf', () => new Promise(() => undefined)),
        collector('late', async (_subject, signal) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return [found('partial')];
        }),
      ],
      anIncident(),
      { withinMs: 400 },
    );
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(statusesOf(collected)).toEqual(['one ok', 'broken-failed error', 'deaf-failed error', 'partial ok']);
  });

  it('keeps all together to a bound, and says what it left out', async () => {
    const big = 'x'.repeat(400_000);
    const collected = await collect([collector('big', async () => ['a', 'b', 'c'].map((id) => found(id, big)))], anIncident(), {
      withinMs: 1_000,
    });
    expect(statusesOf(collected)).toEqual(['a ok', 'b ok', 'c truncated']);
    expect(collected[2]?.item.cutBytes).toBeGreaterThan(400_000);
    expect(JSON.stringify(collected).length).toBeLessThan(1_000_000);
  });

  it('keeps what came with the incident, and ids apart', () => {
    const own = EvidenceSnapshot.parse({ alerts: [{ id: 'one', status: 'ok', title: 't', text: 'own' }] });
    const both = merged(own, snapshotOf([found('one'), found('one'), found('two')]));
    expect(both.alerts).toEqual(own.alerts);
    expect(both.logs.map(({ id }) => id)).toEqual(['one-2', 'one-3', 'two']);
    expect(EvidenceSnapshot.safeParse(both).success).toBe(true);
  });

  it('adds to a full dimension nothing, and takes nothing from it', () => {
    const own = { ...emptySnapshot(), logs: Array.from({ length: 200 }, (_, index) => found(`own-${index}`).item) };
    expect(merged(own, snapshotOf([found('new')])).logs).toEqual(own.logs);
  });

  it('is evidence even when nobody was asked', () => {
    const [item] = notCollected([collector('prometheus', async () => [])], 'No time.');
    expect(item).toMatchObject({ dimension: 'logs', item: { id: 'prometheus-failed', status: 'error', text: 'No time.' } });
  });
});
