import { CallGraph } from '../call-graph.js';
import type { LogEvidence } from '../telemetry-evidence.js';
import { Tally } from './tally.js';
import { addTemplateRates } from './template-rates.js';

/** Two minutes before 120 s and one since: lines of each service every so many seconds, before and since. */
const logs = (rates: Record<string, readonly [before: number, since: number]>): LogEvidence => ({
  events: [],
  templates: Object.entries({ clock: [1, 1] as const, ...rates }).map(([service, [before, since]]) => ({
    service,
    level: 'INFO',
    template: 'served <num>',
    counts: Array.from({ length: 180 }, (_, at) => [at, at % (at < 120 ? before : since) === 0 ? 1 : 0] as const),
  })),
});
const found = (evidence: LogEvidence): Tally => {
  const tally = new Tally();
  const calls = new CallGraph([['shop', 'basket']]);
  addTemplateRates(tally, evidence, { templates: [], events: [] }, { calls, sinceSeconds: 120 });
  return tally;
};

it('tells of lines that have vanished, and blames the callee when its caller went quiet too', () => {
  const tally = found(logs({ shop: [2, 1_000], basket: [2, 1_000] }));
  const [basket] = tally.of('basket');
  expect(basket).toMatchObject({
    channel: 'template-rates',
    pointer: 'served <num>',
    before: expect.closeTo(30, -1) as number,
    during: 0,
  });
  expect(tally.of('shop')[0]?.weight).toBeLessThan(0.5 * (basket?.weight ?? 0));
});

it('says nothing where the rates are as usual, or moved by little', () => {
  expect(found(logs({ shop: [2, 2] })).services()).toEqual([]);
  expect(found(logs({ shop: [4, 3] })).services()).toEqual([]);
});
