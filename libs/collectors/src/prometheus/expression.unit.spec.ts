import { anIncident } from '../testing/an-incident.spec.js';
import { expressionOf } from './expression.js';

const graph = (expression: string) => `https://prometheus.example/graph?g0.expr=${encodeURIComponent(expression)}&g0.tab=1`;

describe("the alert's expression", () => {
  it('comes from the address of its graph', () => {
    expect(expressionOf(anIncident({ url: graph('rate(errors_total{job="api"}[5m]) > 0.05') }))).toEqual({
      whole: 'rate(errors_total{job="api"}[5m]) > 0.05',
      measured: 'rate(errors_total{job="api"}[5m])',
      threshold: '> 0.05',
    });
  });

  it('comes from an annotation before that', () => {
    expect(expressionOf(anIncident({ annotations: { expr: 'up == 0' }, url: graph('other') }))).toMatchObject({
      measured: 'up',
      threshold: '== 0',
    });
  });

  it.each([
    ['a > 1 and b < 2'],
    ['(a > 1'],
    ['a > bool 1 == 1'],
    ['a > b'],
    ['absent(up{job="api"})'],
    ['vector(1) unless a > 2'],
  ])('is left whole when it is no single comparison with a number: %s', (whole) => {
    expect(expressionOf(anIncident({ annotations: { expr: whole } }))).toEqual({ whole, measured: whole, threshold: '' });
  });

  it.each([
    ['a{x=~"b>3|c"} >= 1e3', 'a{x=~"b>3|c"}', '>= 1e3'],
    ['a{x!="and"} < -0.5', 'a{x!="and"}', '< -0.5'],
    ['sum by (le) (a) / sum(b) > .9', 'sum by (le) (a) / sum(b)', '> .9'],
  ])('is told from its threshold in %s', (whole, measured, threshold) => {
    expect(expressionOf(anIncident({ annotations: { expr: whole } }))).toEqual({ whole, measured, threshold });
  });

  it('is unknown when it is longer than anyone writes', () =>
    expect(expressionOf(anIncident({ annotations: { expr: 'x'.repeat(3_000) } }))).toBeUndefined());

  it.each([
    [undefined],
    ['not an address'],
    ['https://grafana.example/d/abc'],
    [graph('')],
    [`${graph('x')}&g0.expr=`.replace('g0.expr=x', 'g1.expr=x')],
  ])('is unknown for %s', (url) => expect(expressionOf(anIncident({ url }))).toBeUndefined());
});
