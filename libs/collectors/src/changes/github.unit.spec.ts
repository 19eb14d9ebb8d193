import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import { Source } from '../http/source.js';
import { aSubject, never } from '../testing/an-incident.spec.js';
import { GitHub } from './github.js';

const commit = (sha: string, message: string) => ({
  sha,
  commit: { message, author: { name: 'Ada', date: '2026-01-15T09:30:00Z' } },
});

describe('changes from GitHub', () => {
  let server: FakeHttpServer;
  beforeEach(async () => {
    server = await fakeHttpServer();
    server.on('/repos/acme/shop/commits?', {
      json: ['1', '2', '3', '4'].map((digit) => commit(digit.repeat(40), `change ${digit}`)),
    });
    server.on(`/repos/acme/shop/commits/${'1'.repeat(40)}`, {
      json: { files: [{ filename: 'pool.ts', patch: '-max: 50\n+max: 5' }] },
    });
    const deployed = (created_at: string) => ({ sha: '1', ref: 'v2', environment: 'production', created_at, description: null });
    server.on('/repos/acme/shop/deployments', { json: [deployed('2026-01-15T09:40:00Z'), deployed('2026-01-02T09:40:00Z')] });
  });
  afterEach(() => server.close());

  const collected = (repositories = [{ service: undefined as string | undefined, name: 'acme/shop' }]) =>
    new GitHub(new Source({ baseUrl: server.url, headers: { authorization: 'Bearer opaque-1' } }), repositories).collect(
      aSubject(),
      never(),
    );

  it('are the commits since a day before the onset, the latest with what they changed', async () => {
    const [commits] = await collected();
    expect(commits?.item.json).toMatchObject([
      { repo: 'acme/shop', author: 'Ada', diff: 'change 1\n+++ pool.ts\n-max: 50\n+max: 5' },
      { message: 'change 2' },
      { message: 'change 3' },
      { message: 'change 4' },
    ]);
    expect(server.asked[0]?.url.searchParams.get('since')).toBe('2026-01-14T10:00:00.000Z');
    expect(server.asked.filter(({ url }) => url.pathname.includes('/commits/'))).toHaveLength(3);
  });

  it('are the deployments of that time', async () => {
    const [, deployments] = await collected();
    expect(deployments?.item.json).toHaveLength(1);
    expect(JSON.stringify(deployments)).toContain('Deployed v2 to production at 2026-01-15T09:40:00Z');
  });

  it('are those of the service alone where a repository is one service', async () => {
    const found = await collected([
      { service: 'payments', name: 'acme/payments' },
      { service: 'checkout', name: 'acme/shop' },
    ]);
    expect(found).toHaveLength(2);
  });

  it.each([
    [{ status: 401, json: { message: 'Bad credentials' } }, 'denied'],
    [{ status: 403, headers: { 'x-ratelimit-remaining': '0' } }, 'error'],
    [{ status: 404 }, 'error'],
    [{ json: [] }, 'no-data'],
  ])('that come as %j are evidence of that', async (reply, status) => {
    server.on('/repos', reply);
    expect((await collected()).map(({ item }) => item.status)).toEqual([status, status]);
  });
});
