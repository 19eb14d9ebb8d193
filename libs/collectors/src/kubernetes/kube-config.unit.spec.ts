import { fakeHttpServer, type FakeHttpServer } from '@inquest/testing';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
