import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { never } from '../testing/an-incident.spec.js';
import { ApiCluster } from './api-cluster.js';
import { asClient } from './kube-config.js';

const folder = mkdtempSync(join(tmpdir(), 'inquest-kubeconfig-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
/** YAML is a superset of JSON. */
const kubeconfig = (cluster: object, user: object): string =>
  file(
    'config',
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here' },
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    }),
  );
/** Without it no credentials go over HTTP. */
const PLAIN = { 'insecure-skip-tls-verify': true };
const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });

describe('the identity towards a cluster', () => {
  const before = process.env['KUBECONFIG'];
  let server: FakeHttpServer;
  beforeAll(async () => {
    server = await fakeHttpServer();
    server.on('/', { json: { items: [] } });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  });
  const clusterOf = (cluster: object, user: object): ApiCluster => {
    process.env['KUBECONFIG'] = kubeconfig(cluster, user);
    return new ApiCluster(asClient('kubeconfig'));
  };

  it("is the kubeconfig's: address with its path, and token", async () => {
    const cluster = clusterOf({ server: `${server.url}/k8s/clusters/c-1`, ...PLAIN }, { token: 'opaque-token' });
    await expect(cluster.list('pods', 'shop', never())).resolves.toEqual({ items: [] });
    const [{ url, headers, method }] = server.asked.slice(-1) as [FakeHttpServer['asked'][number]];
    expect([method, url.pathname]).toEqual(['GET', '/k8s/clusters/c-1/api/v1/namespaces/shop/pods']);
    expect(headers['authorization']).toBe('Bearer opaque-token');
  });

  it('that has no right is told so, and its token is not repeated', async () => {
    server.on('/api/v1/nodes/n', { status: 403, text: 'nodes "n" is forbidden' });
    const error: unknown = await clusterOf({ server: server.url, ...PLAIN }, { token: 'opaque-token' })
      .node('n', never())
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 'denied', message: expect.not.stringContaining('opaque-token') as string });
  });

  it('that cannot be had is evidence of that', async () => {
    process.env['KUBECONFIG'] = file('broken', '{"clusters": 7}');
    const cluster = new ApiCluster(asClient('kubeconfig'));
    await expect(cluster.list('pods', 'shop', never())).rejects.toMatchObject({
      status: 'error',
      message: expect.stringContaining('configuration of the cluster cannot be used') as string,
    });
  });

  /** A credential plugin: a script of Node.js, which counts its starts in a file. */
  const plugin = (name: string, script: string): object => {
    const starts = file(`${name}.starts`, '');
    const path = file(`${name}.cjs`, `require('fs').appendFileSync(${JSON.stringify(starts)}, process.pid + '\\n');\n${script}`);
    return { exec: { command: process.execPath, args: [path], env: [{ name: 'TOKEN_FOR', value: 'inquest' }] } };
  };
  const startsOf = (name: string): number[] =>
    readFileSync(join(folder, `${name}.starts`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(Number);

  it('may come from a plugin, which is asked once for many requests and told that nobody types', async () => {
    const script = `
      const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = [process.env.TOKEN_FOR, spec.interactive].join('-');
      process.stdin.on('end', () => console.log(JSON.stringify({ status: { token } }))).resume();`;
    const cluster = clusterOf({ server: server.url, ...PLAIN }, plugin('good', script));
    await Promise.all(['a', 'b', 'c'].map((name) => cluster.list('pods', name, never())));
    await cluster.list('pods', 'd', never());
    expect(server.asked.slice(-4).map(({ headers }) => headers['authorization'])).toEqual(Array(4).fill('Bearer inquest-false'));
    expect(startsOf('good')).toHaveLength(1);
  });

  it('whose plugin hangs holds nobody longer than the signal, and is started once', async () => {
    const cluster = clusterOf({ server: server.url, ...PLAIN }, plugin('hangs', 'setInterval(() => undefined, 1_000);'));
    const startedMs = performance.now();
    const asked = ['a', 'b', 'c'].map((name) => cluster.list('pods', name, AbortSignal.timeout(1_500)));
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({
        reason: { status: 'error', message: expect.stringContaining('not to be had in time') as string },
      });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    while (startsOf('hangs').length === 0) await pause(50); // A busy machine takes longer to start it than we wait for it.
    const [pid, ...more] = startsOf('hangs');
    expect(more).toEqual([]);
    process.kill(pid as number, 'SIGKILL');
  });

  it('whose plugin fails says why', async () => {
    const cluster = clusterOf(
      { server: server.url, ...PLAIN },
      plugin('fails', 'console.error("please log in"); process.exit(3);'),
    );
    await expect(cluster.list('pods', 'shop', never())).rejects.toMatchObject({
      message: expect.stringMatching(/credential plugin .* failed: please log in/) as string,
    });
  });

  it("trusts the cluster's own certificate, and no other", async () => {
    const made = openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2'],
      ...['-subj', '/CN=cluster', '-addext', 'subjectAltName=IP:127.0.0.1'],
    );
    if (made.status !== 0) {
      process.stderr.write('  Skipped: the certificate of a cluster. There is no openssl to make one.\n');
      return;
    }
    const cert = readFileSync(join(folder, 'cert.pem'));
    const secure = createServer({ key: readFileSync(join(folder, 'key.pem')), cert }, (_request, response) =>
      response.end('{"items":[]}'),
    );
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const address = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const trusting = clusterOf({ server: address, 'certificate-authority-data': cert.toString('base64') }, { token: 't' });
    await expect(trusting.list('pods', 'shop', never())).resolves.toEqual({ items: [] });
    await expect(clusterOf({ server: address }, { token: 't' }).list('pods', 'shop', never())).rejects.toMatchObject({
      message: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) as string,
    });
    secure.closeAllConnections();
    secure.close();
  });
});
