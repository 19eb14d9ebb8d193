import { fakeHttpServer, type FakeHttpServer, type HttpReply } from '@inquest/testing';
import { never } from '../testing/an-incident.spec.js';
import { z } from 'zod';
import { SourceFailure } from './source-failure.js';
import { Source } from './source.js';

const Answer = z.object({ answer: z.number() });

describe('a source', () => {
  let server: FakeHttpServer;
  let source: Source;
  beforeEach(async () => {
    server = await fakeHttpServer();
    source = new Source({ baseUrl: `${server.url}/prefix`, headers: { authorization: 'Bearer opaque-1' }, bytesMax: 10_000 });
  });
  afterEach(() => server.close());

  const failure = async (reply: HttpReply, signal = never()): Promise<SourceFailure> => {
    server.on('/prefix/q', reply);
    const error: unknown = await source.get('q', {}, Answer, signal).catch((reason: unknown) => reason);
    if (!(error instanceof SourceFailure)) throw new Error(`it did not fail as a source does: ${String(error)}`);
    return error;
  };

  it('is asked below its address, by GET, with its credentials and encoded parameters', async () => {
    server.on('/prefix/q', { json: { answer: 42, more: true } });
    await expect(source.get('q', { a: 'b c&d', none: undefined }, Answer, never())).resolves.toEqual({ answer: 42 });
    const [{ url, headers, method }] = server.asked as [FakeHttpServer['asked'][number]];
    expect([method, url.pathname, url.searchParams.get('a'), url.searchParams.has('none')]).toEqual([
      'GET',
      '/prefix/q',
      'b c&d',
      false,
    ]);
    expect(headers).toMatchObject({ authorization: 'Bearer opaque-1', 'accept-encoding': 'identity' });
  });

  it.each([
    [401, {}, 'denied', /does not accept our credentials/],
    [403, {}, 'denied', /may not read/],
    [403, { 'x-ratelimit-remaining': '0' }, 'error', /asked too often/],
    [404, {}, 'error', /answered 404/],
    [429, {}, 'error', /asked too often/],
    [500, {}, 'error', /answered 500/],
    [503, {}, 'error', /answered 503/],
  ])('that answers %i %j is evidence of status %s', async (status, headers, expected, message) => {
    const found = await failure({ status, headers, text: 'because of this' });
    expect(found.status).toBe(expected);
    expect(found.message).toMatch(message);
    expect(found.message).toContain('It says: because of this');
  });

  it('is not followed elsewhere', async () => {
    const other = await fakeHttpServer();
    other.on('/', { json: { answer: 1 } });
    const found = await failure({ status: 302, headers: { location: `${other.url}/stolen` } });
    expect(found.message).toMatch(/redirect, which is not followed/);
    expect(other.asked).toEqual([]);
    await other.close();
  });

  it.each(['https://elsewhere.example/q', '//elsewhere.example/q', '/q', '../q'])('is asked for nothing at %s', async (path) => {
    const error: unknown = await source.get(path, {}, Answer, never()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 'error', message: expect.stringContaining('leads away') as string });
    expect(server.asked).toEqual([]);
  });

  it.each([
    ['garbage', '<html>', /not JSON/],
    ['another form', '{"answer":"42"}', /not of the expected form \(answer: /],
    ['depth without end', '['.repeat(9_000), /not JSON/],
    ['nothing', '', /not JSON/],
  ])('that answers with %s has failed', async (_, text, message) => {
    await expect(failure({ text })).resolves.toMatchObject({
      status: 'error',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is not read to the end when its answer is too long, though the end never comes', async () => {
    let written = 0;
    const found = await failure((_request, response) => {
      response.on('error', () => undefined).on('close', () => clearInterval(timer));
      const timer = setInterval(() => {
        written += 4_000;
        response.write('x'.repeat(4_000));
      }, 1);
    });
    expect(found.message).toMatch(/longer than 10000 bytes/);
    expect(written).toBeLessThan(200_000);
  });

  it.each([
    ['says nothing', () => undefined],
    ['stops in the middle', (_request: unknown, response: { write: (text: string) => void }) => void response.write('{"answer"')],
  ])('that %s is left at the deadline', async (_, reply) => {
    const found = await failure(reply, AbortSignal.timeout(50));
    expect(found).toMatchObject({ status: 'error', message: 'It did not answer in time.' });
  });

  it('that is not there has failed', async () => {
    await server.close();
    const found = await failure({});
    expect(`${found.status}: ${found.message}`).toMatch(/error: It could not be asked \(ECONN(REFUSED|RESET)\)/);
    server = await fakeHttpServer();
  });

  it('cannot put our credentials into evidence by repeating them', async () => {
    expect((await failure({ status: 500, text: 'bad header: Bearer opaque-1' })).message).not.toContain('opaque-1');
  });
});
