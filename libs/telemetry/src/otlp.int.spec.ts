import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { endpointOf, TelemetryEnvironment } from './exporters.js';

const ROOT = join(import.meta.dirname, '../../..');

interface Sent {
  readonly path: string;
  readonly body: string;
}

/** What an OpenTelemetry collector is told, as JSON. */
describe('telemetry over OTLP', () => {
  const sent: Sent[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        sent.push({ path: request.url ?? '', body });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  it('sends spans, metrics and lines, each to its path, the lines in their trace, and no secret', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp`;
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'otlp-sender.spec.ts')], {
      cwd: ROOT,
      env: {
        ...process.env,
        TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.base.json'),
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_TRACES_SAMPLER_ARG: '1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [written] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(child.exitCode).toBe(0);

    const lines = written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; trace_id?: string });
    expect(lines.map(({ msg }) => msg)).toEqual(['a line', 'late']);
    const told = (path: string) =>
      sent
        .filter((one) => one.path === `/otlp/v1/${path}`)
        .map(({ body }) => body)
        .join();
    expect(told('traces')).toContain('"debating"');
    expect(told('metrics')).toMatch(/"spec\.counted".*"as(Int|Double)":3/);
    for (const part of ['a line', 's1', 'TypeError', 'exception.stacktrace', 'inquest-test', lines[0]?.trace_id ?? 'no trace'])
      expect(told('logs')).toContain(part);
    expect(JSON.stringify(sent)).not.toMatch(/hunter2|late/);
  }, 60_000);
});

describe('where telemetry goes', () => {
  const endpoints = (environment: Record<string, string>) => {
    const settings = TelemetryEnvironment.parse(environment);
    return (['traces', 'metrics', 'logs'] as const).map((signal) => endpointOf(signal, settings));
  };

  it.each([
    ['nowhere unless it is told', {}, [undefined, undefined, undefined]],
    [
      'below the one address',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
      ['http://c:4318/v1/traces', 'http://c:4318/v1/metrics', 'http://c:4318/v1/logs'],
    ],
    [
      'to the address of a signal as it stands, and not where it is switched off',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/a/',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://loki/otlp/x',
        OTEL_METRICS_EXPORTER: 'none',
      },
      ['http://c:4318/a/v1/traces', undefined, 'http://loki/otlp/x'],
    ],
  ])('is %s', (_, environment, expected) => {
    expect(endpoints(environment as Record<string, string>)).toEqual(expected);
  });
});
