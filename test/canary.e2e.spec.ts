import { DIMENSIONS, type EvidenceItem } from '@inquest/contracts';
import { Canaries } from './support/canaries.js';
import { allKeys, allRows } from './support/everything.js';
import { OOM_KILLED } from './support/incidents.js';
import { Listener } from './support/listener.js';
import { pagerBodies } from './support/pager-bodies.js';
import { System } from './support/system.js';

/** Spans are sent every five seconds. */
const SPANS_WITHIN_MS = 15_000;

describe('a secret in every input', () => {
  const canaries = new Canaries();
  const lines: string[] = [];
  const answers: string[] = [];
  const sessions = new Set<string>();
  let collector: Listener;
  let system: System;

  beforeAll(async () => {
    collector = await Listener.start();
    system = await System.start({
      model: true,
      databasePassword: canaries.bare('database password'),
      onLine: (name, line) => lines.push(`${name} ${line}`),
      env: {
        LOG_LEVEL: 'trace',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        ANTHROPIC_API_KEY: canaries.short('model key'),
        INQUEST_STRANGER_RATE_PER_MINUTE: '1000000',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await system.stop();
    await collector.stop();
  });

  const send = async (path: string, body?: unknown, headers: Record<string, string> = {}, method = 'POST'): Promise<void> => {
    const init = { method, headers, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) };
    const response = await system.request(path, init);
    const text = await response.text();
    answers.push(`${method} ${response.status} ${JSON.stringify([...response.headers])} ${text}`);
    for (const [, sessionId] of text.matchAll(/"sessionId":"([0-9a-f-]{36})"/g)) if (sessionId) sessions.add(sessionId);
  };
  const nothing = { leaks: [] as string[] };
  const leaksIn = (texts: readonly string[]) => ({ leaks: [...new Set(texts.flatMap((text) => canaries.foundIn(text)))] });

  const item = (dimension: string): EvidenceItem => ({
    id: canaries.short(`${dimension} id`),
    status: 'ok',
    title: canaries.text(`${dimension} title`, 500),
    kind: canaries.short(`${dimension} kind`),
    tool: canaries.short(`${dimension} tool`),
    invocation: canaries.text(`${dimension} invocation`),
    trusted: true,
    text: canaries.text(`${dimension} text`),
    json: {
      note: canaries.text(`${dimension} JSON`),
      password: canaries.bare(`${dimension} JSON`),
      [canaries.short(`${dimension} JSON key`)]: 1,
      env: [{ name: 'DB_PASSWORD', value: canaries.bare(`${dimension} environment`) }],
      secret: { kind: 'Secret', data: { config: canaries.bare(`${dimension} Kubernetes secret`) } },
    },
    series: [
      {
        name: canaries.short(`${dimension} series`),
        unit: canaries.short(`${dimension} unit`),
        labels: { api_key: canaries.bare(`${dimension} series label`), note: canaries.short(`${dimension} series label`) },
        points: [[1, 1]],
      },
    ],
  });

  it('is taken in by every door', async () => {
    const incident = {
      source: canaries.short('source'),
      fingerprint: canaries.short('fingerprint'),
      title: canaries.text('title', 500),
      description: `${canaries.text('description')} ${canaries.aws('description')}`,
      service: canaries.short('service'),
      namespace: canaries.short('namespace'),
      severity: 'critical',
      startsAt: new Date().toISOString(),
      labels: { password: canaries.bare('label'), note: canaries.text('label'), [canaries.short('label name')]: 'x' },
      annotations: { token: canaries.bare('annotation'), note: canaries.text('annotation') },
      url: `https://app:${canaries.bare('URL')}@alerts.example/`,
    };
    const evidence = Object.fromEntries(DIMENSIONS.map((name) => [name, [item(name), ...(OOM_KILLED[name] ?? [])]]));
    const headers = {
      'idempotency-key': canaries.short('Idempotency-Key'),
      'x-api-key': canaries.short('X-Api-Key'),
      cookie: `session=${canaries.bare('Cookie')}`,
      'user-agent': canaries.short('User-Agent'),
      'x-forwarded-for': canaries.short('X-Forwarded-For'),
      traceparent: canaries.short('traceparent'),
      baggage: `token=${canaries.bare('baggage')}`,
    };
    const query = `?note=${canaries.short('query of an incident')}&password=${canaries.bare('query of an incident')}`;
    await send(`/v1/incidents${query}`, { incident, evidence }, headers);
    await send(`/v1/incidents${query}`, { incident, evidence }, headers);
    await send('/v1/incidents', { incident: { ...incident, title: 'other' } }, headers);
    expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['202', '202', '422']);
    const [first, again] = answers.map((answer) => /"sessionId":"[^"]+"/.exec(answer)?.[0]);
    expect(again).toBe(first);

    const bodies = pagerBodies(
      (place) => canaries.text(place),
      (place) => canaries.short(place),
    );
    for (const [format, body] of Object.entries(bodies)) {
      const key = { 'idempotency-key': canaries.short(`key of ${format}`) };
      await send('/v1/incidents', body, key);
      await send('/v1/webhooks/alertmanager', body, key);
    }

    const stranger = { authorization: `Bearer ${canaries.short('wrong token')}` };
    await send('/v1/incidents', { incident }, stranger);
    await send(`/v1/sessions?access_token=${canaries.short('token in the URL')}`, undefined, {}, 'GET');
    await send(`/v1/sessions?cursor=${canaries.short('cursor')}&password=${canaries.bare('query')}`, undefined, {}, 'GET');
    await send(`/v1/sessions/${canaries.short('path')}`, undefined, {}, 'GET');
    await send(`/v1/${canaries.short('path of nothing')}`, undefined, {}, 'GET');
    await send('/v1/phases', { phase: 2, enabled: true, reason: canaries.text('reason', 499) }, {}, 'PUT');
    await send('/v1/incidents', `{"password": ${canaries.bare('what is no JSON')}}`);
    await send('/v1/incidents', { incident: { title: 5, severity: canaries.short('severity') } });
    expect(sessions.size).toBeGreaterThan(15);
    for (const sessionId of sessions) await system.decided(sessionId, 60_000);
    for (const sessionId of sessions) {
      await send(`/v1/sessions/${sessionId}`, undefined, {}, 'GET');
      await send(`/v1/sessions/${sessionId}/events`, undefined, {}, 'GET');
    }
    await send('/v1/audit/sessions?limit=200', undefined, {}, 'GET');
    await send('/v1/dead-letters', undefined, {}, 'GET');
    expect(canaries.planted).toBeGreaterThan(500);
  }, 180_000);

  it('is in no answer', () => {
    expect(leaksIn(answers)).toEqual(nothing);
  });

  it('is in no row of any table', async () => {
    const rows = await allRows(system);
    expect(rows.length).toBeGreaterThan(sessions.size);
    expect(leaksIn(rows)).toEqual(nothing);
  });

  it('is in no key of Redis', async () => {
    const keys = await allKeys(system.redisUrl);
    expect(keys.length).toBeGreaterThan(sessions.size);
    expect(leaksIn(keys)).toEqual(nothing);
  });

  it('is in no question to a model', () => {
    const seen = system.model?.seen.map(({ request }) => JSON.stringify(request)) ?? [];
    expect(seen.length).toBeGreaterThan(4);
    expect(leaksIn(seen)).toEqual(nothing);
  });

  it('is in no metric', async () => {
    const services = ['gateway', 'recorder', 'coordinator', 'diagnostician', 'solver', 'reviewer', 'critic', 'single'] as const;
    const urls = services.flatMap((service) => system.processes.urls(service));
    const metrics = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    expect(metrics.join('')).toContain('inquest_incidents');
    expect(leaksIn(metrics)).toEqual(nothing);
  });

  it('is in no span', async () => {
    const end = Date.now() + SPANS_WITHIN_MS;
    while (!collector.heard.some((spans) => spans.includes('invoke_workflow')) && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(collector.heard.length).toBeGreaterThan(0);
    expect(leaksIn(collector.heard)).toEqual(nothing);
  });

  it('is in no line of any log', () => {
    expect(new Set(lines.map((line) => line.split('.')[0])).size).toBeGreaterThanOrEqual(7);
    expect(leaksIn(lines)).toEqual(nothing);
  });
});
