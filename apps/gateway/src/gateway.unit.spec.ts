import { EnvironmentError, readEnvironment } from '@inquest/config';
import { GatewayEnvironment } from './gateway.environment.js';
import { isJsonType, shapeOf } from './http/body.js';
import { cleanIncident } from '@inquest/hygiene';
import { sourceLabel } from './incidents/source-label.js';
import { problemOf } from './problems/problem-of.js';
import { anIncident } from '@inquest/testing';

describe('the gateway’s environment', () => {
  it('refuses to start without tokens and says how to make one', () => {
    expect(() => readEnvironment(GatewayEnvironment, {})).toThrow(/INQUEST_TOKENS: is not set; .*sha256sum/);
  });

  it('refuses a token list that it can only read in part, without showing it', () => {
    const read = () => readEnvironment(GatewayEnvironment, { INQUEST_TOKENS: 'ci:admin:short' });
    expect(read).toThrow(EnvironmentError);
    expect(read).not.toThrow(/short/);
  });
});

describe('bodies', () => {
  it.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['application/cloudevents+json', true],
    ['text/plain; charset=UTF-8', true],
    ['application/jsonp', false],
    ['multipart/form-data', false],
    [undefined, false],
  ])('of the type %p may be JSON: %p', (type, expected) => {
    expect(isJsonType(type)).toBe(expected);
  });

  it('are as deep and as wide as their brackets and commas, those in strings left out', () => {
    expect(shapeOf(Buffer.from('{"a":[{"b":"[[,[{{\\",["}],"c":[1,2]}'))).toEqual({ depth: 3, values: 7 });
  });
});

describe('errors', () => {
  it.each([
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503],
    [Object.assign(new Error('admin shutdown'), { code: '57P01' }), 503],
    [Object.assign(new Error('too large'), { status: 413, expose: true, limit: 9 }), 413],
  ])('of others become problems: %p → %p', (error, status) => {
    expect(problemOf(error)?.getStatus()).toBe(status);
  });

  it('of ours stay in the log', () => {
    expect(problemOf(new TypeError('x is undefined'))).toBeUndefined();
  });
});

it.each([
  ['pagerduty', 'pagerduty'],
  ['api', 'api'],
  ['whatever-a-caller-likes-7', 'other'],
])('counts the source %p as %p, since callers choose theirs freely', (source, label) => {
  expect(sourceLabel(source)).toBe(label);
});

it('an incident keeps its identity when it is cleaned', () => {
  const incident = anIncident({ labels: { app: 'cart' }, url: 'https://alerts.example/1' });
  expect(cleanIncident(incident)).toEqual(incident);
});
