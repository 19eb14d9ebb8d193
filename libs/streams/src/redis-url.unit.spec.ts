import { parseRedisUrl } from './redis-url.js';

describe('a Redis URL', () => {
  const node = (host: string, port = 6379) => ({ host, port });

  it.each([
    ['redis://localhost', [node('localhost')], {}],
    ['redis://:s%40cret@10.0.0.1:6380/3', [node('10.0.0.1', 6380)], { password: 's@cret', db: 3 }],
    ['rediss://app:pw@redis.example:6390', [node('redis.example', 6390)], { username: 'app', password: 'pw', tls: true }],
    ['redis://[::1]:7000/', [node('::1', 7000)], {}],
    ['redis+cluster://a:7000', [node('a', 7000)], { isCluster: true }],
    [
      'redis://user:pw@a:7000,b,c:7002',
      [node('a', 7000), node('b'), node('c', 7002)],
      { username: 'user', password: 'pw', isCluster: true },
    ],
    ['redis://a:1,redis://b:2', [node('a', 1), node('b', 2)], { isCluster: true }],
    [
      'rediss+cluster://:pw@a:1,rediss+cluster://:pw@b:2',
      [node('a', 1), node('b', 2)],
      { password: 'pw', tls: true, isCluster: true },
    ],
  ])('%s is understood', (url, nodes, rest) => {
    expect(parseRedisUrl(url)).toEqual({
      username: undefined,
      password: undefined,
      tls: false,
      db: 0,
      isCluster: false,
      ...rest,
      nodes,
    });
  });

  it.each([
    [
      'redis+sentinel://app:p%2Fw@s1,s2:26380/mymaster/2',
      {
        nodes: [node('s1', 26_379), node('s2', 26_380)],
        ...{ username: 'app', password: 'p/w', tls: false, db: 2, isCluster: false },
        sentinel: { master: 'mymaster', username: undefined, password: undefined },
      },
    ],
    [
      'rediss+sentinel://s1:26379/my.master-1?sentinel=:s%3Aw',
      {
        nodes: [node('s1', 26_379)],
        ...{ username: undefined, password: undefined, tls: true, db: 0, isCluster: false },
        sentinel: { master: 'my.master-1', username: undefined, password: 's:w' },
      },
    ],
  ])('%s names a master behind Sentinels', (url, parsed) => expect(parseRedisUrl(url)).toEqual(parsed));

  it.each(['redis+sentinel://:secret@s1:26379', 'redis+sentinel://:secret@/mymaster', 'redis+sentinel://:secret@s1/my master'])(
    '%s is refused with the form that is wanted, and without the password',
    (url) => {
      const refused = (): unknown => parseRedisUrl(url);
      expect(refused).toThrow(/redis\+sentinel:\/\/user:password@sentinel-1:26379/);
      expect(refused).not.toThrow(/secret/);
    },
  );

  it('may be given as nodes', () => {
    expect(parseRedisUrl({ nodes: [node('a'), node('b')], password: 'pw' })).toMatchObject({ isCluster: true, password: 'pw' });
    expect(parseRedisUrl({ nodes: [node('a')], cluster: true }).isCluster).toBe(true);
    expect(() => parseRedisUrl({ nodes: [] })).toThrow(/at least one node/);
  });

  it.each(['http://a', 'redis://', 'localhost:6379', 'redis://a:port', 'redis+cluster://a,b/2'])(
    '%s is refused with the expected form',
    (url) => {
      expect(() => parseRedisUrl(url)).toThrow(/redis:\/\/|host:port|leave it out/);
    },
  );

  it.each(['redis://user:hunter2@a:b:c/x', 'redis://user:hunter2@/', 'redis://:hunter2@', 'redis+sentinel://:hunter2@/m'])(
    'never shows the password in an error: %s',
    (url) => {
      expect(() => parseRedisUrl(url)).toThrow(/^(?!.*hunter2)/);
    },
  );
});
