import type { KubeConfig } from '@kubernetes/client-node';
import { boundedGet } from '../http/bounded-get.js';
import { SourceFailure } from '../http/source-failure.js';
import type { AskApi } from './api-cluster.js';
import { ExecPlugin } from './exec-plugin.js';

const REASON_MAX = 200;

/** Whom we are to the cluster: the pod's own ServiceAccount, or the current user of KUBECONFIG, else of ~/.kube/config. */
export type Identity = 'in-cluster' | 'kubeconfig';

/**
 * Asks as Kubernetes' own client would: it knows the address, the certificates and the credentials, and gets new ones in time. The
 * request itself is ours, since the client reads answers of any length, follows redirects, and builds every object of a list anew.
 */
export const asClient = (identity: Identity): AskApi => {
  // It is large: loaded now, and not while the first incident waits.
  const loading = load(identity);
  loading.catch(() => undefined); // Whoever asks is told.
  return async (path, options) => {
    const { base, authenticated } = await loading.catch(unusable);
    const context = await inTime(authenticated(new URL(path, base).href), options.signal).catch(unusable);
    const headers = { ...context.getHeaders(), accept: 'application/json, */*', 'user-agent': 'inquest' };
    return boundedGet(new URL(context.getUrl()), { ...options, headers, agent: context.getAgent() });
  };
};

const load = async (identity: Identity) => {
  const { HttpMethod, KubeConfig, RequestContext } = await import('@kubernetes/client-node');
  const kubeConfig: KubeConfig = new KubeConfig();
  if (identity === 'in-cluster') kubeConfig.loadFromCluster();
  else kubeConfig.loadFromDefault();
  kubeConfig.users = kubeConfig.users.map((user) => ExecPlugin.taken(user));
  kubeConfig.addAuthenticator(new ExecPlugin());
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the configuration names no cluster');
  const authenticated = async (url: string) => {
    const context = new RequestContext(url, HttpMethod.GET);
    await kubeConfig.applySecurityAuthentication(context);
    return context;
  };
  return { base: new URL(server.endsWith('/') ? server : `${server}/`), authenticated };
};

/** Credentials may come from a program or another server, which the client waits for however long they take. */
const inTime = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  let late = (): void => undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    late = () => reject(new SourceFailure('error', 'The credentials for the cluster were not to be had in time.'));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
  return Promise.race([work, tooLate]).finally(() => signal.removeEventListener('abort', late));
};

const unusable = (error: unknown): never => {
  if (error instanceof SourceFailure) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new SourceFailure('error', `The configuration of the cluster cannot be used: ${reason.slice(0, REASON_MAX)}`);
};

/** Asks a proxy that authenticates for us, such as `kubectl proxy`. */
export const asProxied = (address: string): AskApi => {
  const base = new URL(address.endsWith('/') ? address : `${address}/`);
  return (path, options) => boundedGet(new URL(path, base), { ...options, headers: { 'user-agent': 'inquest' } });
};
