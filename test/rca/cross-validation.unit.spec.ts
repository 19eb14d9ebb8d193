import type { RankedService } from '@inquest/rca';
import { crossValidated, fittedFactors, type RankedCase } from './cross-validation.js';

const ranked = (service: string, findings: Partial<Record<'cpu' | 'wire-gap', number>>): RankedService => ({
  service,
  score: 0,
  confidence: 0,
  faultType: 'anomaly',
  findings: Object.entries(findings).map(([channel, weight]) => ({
    channel: channel as 'cpu' | 'wire-gap',
    service,
    weight,
    statement: '',
    pointer: '',
  })),
});

/** CPU of an innocent outweighs the wire of the culprit, unless CPU counts less. */
const misleading = (set: string): RankedCase => ({
  set,
  service: 'basket',
  ranked: [ranked('shop', { cpu: 1.2 }), ranked('basket', { 'wire-gap': 1 })],
});

it('finds the weights that would have been right', () => expect(fittedFactors([misleading('a')]).get('cpu')).toBeLessThan(0.9));

it('judges a fold by weights that never saw it', () => {
  expect(crossValidated([misleading('a'), misleading('b')], ({ set }) => set)).toEqual([
    { fold: 'a', count: 1, asTheyAre: 0, refitted: 1 },
    { fold: 'b', count: 1, asTheyAre: 0, refitted: 1 },
  ]);
});

it('leaves the weights alone where they are right', () => {
  const right = { ...misleading('a'), service: 'shop' };
  expect([...fittedFactors([right])]).toEqual([]);
});
