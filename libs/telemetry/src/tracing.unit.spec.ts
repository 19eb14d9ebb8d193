import { createLogger, inSpan, startTelemetry, traceFields, traceparentOf, type Telemetry } from './index.js';

describe('tracing', () => {
  let telemetry: Telemetry;
  beforeAll(() => {
    telemetry = startTelemetry('test', { OTEL_TRACES_SAMPLER_ARG: '1' });
  });
  afterAll(() => telemetry.stop());

  const traceOf = (traceparent: string | null): string | undefined => traceparent?.split('-')[1];

  it('carries one trace across a hop: what goes out as a traceparent comes in as the parent', async () => {
    const sent = await inSpan('publisher', {}, async (span) => traceparentOf(span));
    const received = await inSpan('consumer', { parent: sent }, async (span) => traceparentOf(span));
    expect(sent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceOf(received)).toBe(traceOf(sent));
    expect(received).not.toBe(sent);
  });

  it('starts a trace of its own when a message brings none', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => inSpan('root', { parent: null }, async (span) => traceparentOf(span))));
    expect(traceOf(one ?? null)).not.toBe(traceOf(two ?? null));
  });

  it('keeps a span inside another in its trace', async () => {
    const [outer, inner] = await inSpan('outer', {}, async (span) => [
      traceparentOf(span),
      await inSpan('inner', { parent: span }, async (within) => traceparentOf(within)),
    ]);
    expect(traceOf(inner ?? null)).toBe(traceOf(outer ?? null));
    expect(inner).not.toBe(outer);
  });

  it('lets errors through', async () => {
    await expect(inSpan('x', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('puts the trace into log lines, and no secret', async () => {
    const lines: string[] = [];
    const logger = createLogger('test', { write: (line) => void lines.push(line) });
    await inSpan('x', {}, async (span) => {
      logger.child(traceFields(span)).info({ sessionId: 's1', apiKey: 'hunter2' }, 'hello');
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        service: 'test',
        level: 'info',
        sessionId: 's1',
        trace_id: span.spanContext().traceId,
        apiKey: '[REDACTED]',
      });
    });
  });

  it('puts no more of an error into log lines than what it says and where', () => {
    const lines: string[] = [];
    const logger = createLogger('test', { write: (line) => void lines.push(line) });
    const refused = Object.assign(new Error('WRONGPASS'), { code: 'E1', command: { name: 'auth', args: ['hunter2'] } });
    logger.warn({ err: refused }, 'one\nline \u001b[31m"of": {JSON}');
    logger.warn({ err: new AggregateError([refused], 'all failed') }, 'no');
    logger.warn({ err: 'a text' }, 'no');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.map((line) => line.trimEnd().split('\n').length)).toEqual([1, 1, 1]);
    const [first, second, third] = lines.map((line) => (JSON.parse(line) as { err: unknown }).err);
    expect(first).toEqual({ type: 'Error', message: 'WRONGPASS', code: 'E1', stack: expect.stringContaining('.ts') as unknown });
    expect(second).toMatchObject({ type: 'AggregateError', errors: [{ code: 'E1' }] });
    expect(third).toBe('a text');
  });
});
