import fc from 'fast-check';
import { diagnoseTelemetry } from './diagnose-telemetry.js';
import type { RankedService } from './telemetry-diagnosis.js';
import { noEvidence, shopOutage, span, window } from './testing/builders.js';
import { syntheticIncident } from './testing/synthetic-incident.js';
import { NO_REFERENCE, type TelemetryEvidence } from './telemetry-evidence.js';

const order = (evidence: TelemetryEvidence, reference = NO_REFERENCE): string[] =>
  diagnoseTelemetry(evidence, reference).ranked.map(({ service }) => service);

describe('incidents of which only metrics are known, onset and alert included in what is not', () => {
  it.each([
    [300, 300],
    [600, 120],
    [120, 300],
    [600, 30],
  ])('finds the culprit after %i s of quiet and %i s of trouble, whatever the unit', (beforeSeconds, duringSeconds) => {
    for (const kind of ['cpu', 'memory'] as const)
      for (let seed = 1; seed <= 10; seed += 1) {
        const { evidence, culprit } = syntheticIncident({ seed, kind, beforeSeconds, duringSeconds });
        expect({ seed, kind, first: order(evidence)[0] }).toEqual({ seed, kind, first: culprit });
      }
  });

  it('is hardly put off by an onset that is told wrong', () => {
    let right = 0;
    for (let seed = 1; seed <= 10; seed += 1)
      for (const off of [-60, 60, 120, 180]) {
        const { evidence, culprit, onsetSeconds } = syntheticIncident({
          seed,
          kind: 'cpu',
          beforeSeconds: 600,
          duringSeconds: 240,
        });
        const { ranked } = diagnoseTelemetry(evidence, NO_REFERENCE, { onsetSeconds: onsetSeconds + off });
        right += ranked[0]?.service === culprit ? 1 : 0;
      }
    expect(right).toBeGreaterThanOrEqual(38);
  });
});

describe('an outage with metrics, traces and logs', () => {
  it('blames the service whose code breaks off, not its callers, and says what it saw', () => {
    const { evidence, reference } = shopOutage();
    const [first] = diagnoseTelemetry(evidence, reference).ranked;
    expect(first).toMatchObject({ service: 'billing', faultType: 'code_exception' });
    expect(first?.confidence).toBeGreaterThan(0.5);
    expect(first?.findings[0]).toMatchObject({ channel: 'lost-steps', service: 'billing' });
    expect(first?.findings[0]?.statement).toContain('Billing#20');
  });

  it('does not take an error that has stopped for a loss', () => {
    const { evidence, reference } = shopOutage();
    const withError = (templates: typeof reference.logs.templates) =>
      templates.map((one) => (one.template.startsWith('Billing#20') ? { ...one, level: 'ERROR' } : one));
    const [first] = diagnoseTelemetry(
      { ...evidence, logs: { ...evidence.logs, templates: withError(evidence.logs.templates) } },
      { ...reference, logs: { ...reference.logs, templates: withError(reference.logs.templates) } },
    ).ranked;
    expect(first?.findings.map(({ channel }) => channel) ?? []).not.toContain('lost-steps');
  });

  it.each(['series', 'spanWindows', 'logs', 'calls', 'alerts'] as const)('still names the culprit without %s', (missing) => {
    const { evidence, reference } = shopOutage();
    const without: TelemetryEvidence = { ...evidence, [missing]: noEvidence()[missing] };
    if (missing !== 'logs') expect(order(without, reference)[0]).toBe('billing');
    else expect(order(without, reference)).toContain('billing');
  });

  it('is less sure when a modality is missing', () => {
    const { evidence, reference } = shopOutage();
    const sure = diagnoseTelemetry(evidence, reference).ranked[0]?.confidence ?? 0;
    const without = diagnoseTelemetry({ ...evidence, series: [] }, reference).ranked[0]?.confidence ?? 1;
    expect(without).toBeLessThan(sure);
  });
});

describe('what never matters', () => {
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

  it('the order of series, calls, points, operations and templates', () => {
    const { evidence, reference } = shopOutage();
    const expected = diagnoseTelemetry(evidence, reference).ranked;
    fc.assert(
      fc.property(
        shuffled(evidence.series),
        shuffled(evidence.calls),
        shuffled(evidence.spanWindows),
        shuffled(reference.series),
        (series, calls, spanWindows, usual) => {
          const mixed = {
            ...evidence,
            series: series.map((one) => ({ ...one, points: [...one.points].reverse() })),
            calls,
            spanWindows,
          };
          expect(diagnoseTelemetry(mixed, { ...reference, series: usual }).ranked).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('the unit of a metric that is no percentage', () => {
    const { evidence } = syntheticIncident({ seed: 3, kind: 'memory', beforeSeconds: 120, duringSeconds: 60 });
    const expected = order(evidence);
    fc.assert(
      fc.property(fc.constantFrom('cpu', 'mem', 'latency'), fc.integer({ min: -20, max: 20 }), (metric, power) => {
        const series = evidence.series.map((one) =>
          one.metric === metric ? { ...one, points: one.points.map(([at, value]) => [at, value * 2 ** power] as const) } : one,
        );
        expect(order({ ...evidence, series })).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  const timeless = (ranked: readonly RankedService[]) =>
    ranked.map((one) => ({ ...one, findings: one.findings.map((finding) => ({ ...finding, atSeconds: 0 })) }));

  it('where the clock begins', () => {
    const { evidence } = syntheticIncident({ seed: 5, kind: 'cpu', beforeSeconds: 120, duringSeconds: 60 });
    const expected = diagnoseTelemetry(evidence);
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (by) => {
        const series = evidence.series.map((one) => ({
          ...one,
          points: one.points.map(([at, value]) => [at + by, value] as const),
        }));
        const moved = diagnoseTelemetry({ ...evidence, series });
        expect(timeless(moved.ranked)).toEqual(timeless(expected.ranked));
        expect(moved.onset.atSeconds).toBeCloseTo(expected.onset.atSeconds + by, 3);
      }),
      { numRuns: 15 },
    );
  });

  it('whether it was asked before', () => {
    const { evidence, reference } = shopOutage();
    expect(diagnoseTelemetry(evidence, reference)).toEqual(diagnoseTelemetry(evidence, reference));
  });
});

describe('whatever comes', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0));
  const name = fc.constantFrom('a', 'b', 'c', '');
  const series = fc.record({
    service: name,
    metric: fc.constantFrom('cpu', 'latency_p99', 'mem', 'CpuUsageRate(%)', 'x'),
    points: fc.array(fc.tuple(value, value), { maxLength: 12 }),
  });
  const evidence = fc.record({
    ...noEvidenceArbitraries(),
    series: fc.array(series, { maxLength: 8 }),
    edges: fc.array(
      fc.record({
        caller: name,
        callee: name,
        client: fc.array(fc.tuple(value, value), { maxLength: 6 }),
        server: fc.array(fc.tuple(value, value), { maxLength: 6 }),
      }),
      { maxLength: 3 },
    ),
    calls: fc.array(fc.tuple(name, name), { maxLength: 6 }),
    alerts: fc.array(
      fc.record({ service: name, metric: fc.constantFrom('cpu', 'latency_p99'), atSeconds: value, summary: fc.string() }),
      { maxLength: 2 },
    ),
    clusterEvents: fc.array(
      fc.record({
        service: name,
        reason: fc.constantFrom('OOMKilled', 'Unhealthy', '?'),
        message: fc.string(),
        atSeconds: value,
        count: value,
      }),
      { maxLength: 3 },
    ),
    logs: fc.record({
      templates: fc.array(
        fc.record({ service: name, level: fc.constantFrom('INFO', 'ERROR'), template: fc.string(), counts: fc.constant([]) }),
        { maxLength: 3 },
      ),
      events: fc.array(
        fc.record({ atMs: value, template: fc.integer({ min: -1, max: 4 }), trace: fc.integer({ min: -1, max: 3 }) }),
        {
          maxLength: 8,
        },
      ),
    }),
  });

  it('ends in probabilities, one for every service, and never throws', () =>
    fc.assert(
      fc.property(evidence, evidence, (now, usual) => {
        const { ranked } = diagnoseTelemetry(now, usual);
        expect(new Set(ranked.map(({ service }) => service)).size).toBe(ranked.length);
        for (const { score, confidence } of ranked) {
          expect(Number.isFinite(score)).toBe(true);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
        expect(ranked.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 300 },
    ));

  it('says of each finding where, when and by which channel it was found', () => {
    const { evidence, reference } = shopOutage();
    const findings = diagnoseTelemetry(evidence, reference).ranked.flatMap((one) => one.findings);
    expect(findings.length).toBeGreaterThan(3);
    for (const { channel, pointer, statement, atSeconds } of findings) {
      expect({ channel, pointer: pointer !== '', numbers: /\d/.test(statement) }).toEqual({
        channel,
        pointer: true,
        numbers: true,
      });
      expect(atSeconds).toBeGreaterThanOrEqual(0);
    }
  });

  it('finds nobody in nothing', () => expect(diagnoseTelemetry(noEvidence()).ranked).toEqual([]));

  it('bears spans whose parents and times make no sense', () => {
    const spans = [
      span({ parent: 99 }),
      span({ parent: -7, durationMs: NaN, startMs: NaN }),
      span({ parent: 0, durationMs: -5 }),
    ];
    expect(() => diagnoseTelemetry({ ...noEvidence(), spanWindows: [window({ spans })] })).not.toThrow();
  });
});

function noEvidenceArbitraries() {
  return { spanWindows: fc.constant([]), errorPatterns: fc.constant([]) };
}
