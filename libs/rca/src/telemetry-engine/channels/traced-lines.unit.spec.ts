import { CallGraph } from '../call-graph.js';
import { edgeDelaysOfLines } from './line-gaps.js';
import { lostInCalls, usualInCalls } from './lost-in-calls.js';
import { tracedLines, type TracedLine } from './traced-lines.js';

const CALLS = new CallGraph([['basket', 'prices']]);

/** Basket asks prices in each of some traces; prices looks up and answers, `waitMs` later than it was asked. */
const traces = (count: number, { waitMs = 2, looksUp = true, goesOn = true } = {}): TracedLine[][] =>
  Array.from({ length: count }, (_, trace) => [
    { atMs: 1_000 * trace, service: 'basket', step: 'ask for price' },
    ...(looksUp ? [{ atMs: 1_000 * trace + waitMs, service: 'prices', step: 'look up' }] : []),
    ...(goesOn ? [{ atMs: 1_000 * trace + 2 * waitMs, service: 'basket', step: 'got price' }] : []),
  ]);

describe('what a callee no longer does though its caller goes on', () => {
  const usual = usualInCalls(traces(20), CALLS);

  it('is its loss', () =>
    expect(lostInCalls(traces(10, { looksUp: false }), usual)).toEqual([
      { service: 'prices', step: 'got price of basket', lost: 'look up', surprise: 5 },
    ]));

  it('is no loss of its own when its caller does not get that far', () =>
    expect(lostInCalls(traces(10, { looksUp: false, goesOn: false }), usual)).toEqual([]));

  it('is nothing where all is as ever, or who calls whom is unknown', () => {
    expect(lostInCalls(traces(10), usual)).toEqual([]);
    expect(usualInCalls(traces(20), new CallGraph([]))).toEqual([]);
  });
});

describe('time between the lines of both ends of a call', () => {
  it('that grew is time on the wire', () => {
    const [delay, ...others] = edgeDelaysOfLines(traces(10, { waitMs: 40 }), traces(20), CALLS);
    expect(delay).toMatchObject({ caller: 'basket', callee: 'prices', usualMs: 2, duringMs: 40 });
    expect(delay?.growth).toBeGreaterThan(3);
    expect(others).toEqual([]);
  });

  it('that did not grow is none', () => expect(edgeDelaysOfLines(traces(10), traces(20), CALLS)).toMatchObject([{ growth: 0 }]));

  it('of too few calls says nothing', () => expect(edgeDelaysOfLines(traces(1, { waitMs: 40 }), traces(20), CALLS)).toEqual([]));
});

it('puts lines of a trace in order of time, leaves errors and lines without a trace out, and keeps to the time asked for', () => {
  const templates = [
    { service: 'a', level: 'INFO', template: 'x', counts: [] },
    { service: 'b', level: 'ERROR', template: 'y', counts: [] },
  ];
  const events = [
    { atMs: 20, template: 0, trace: 1 },
    { atMs: 10, template: 0, trace: 1 },
    { atMs: 15, template: 1, trace: 1 },
    { atMs: 15, template: 0, trace: -1 },
    { atMs: 99, template: 0, trace: 2 },
  ];
  expect(tracedLines({ templates, events }, 0, 50)).toEqual([
    [
      { atMs: 10, service: 'a', step: 'x' },
      { atMs: 20, service: 'a', step: 'x' },
    ],
  ]);
});
