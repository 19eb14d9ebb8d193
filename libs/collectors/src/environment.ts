import { wholeNumber } from '@inquest/config';
import { z } from 'zod';
import { GitHub, type Repository } from './changes/github.js';
import type { Collector } from './collector.js';
import { Source } from './http/source.js';
import { ApiCluster } from './kubernetes/api-cluster.js';
import { Kubernetes } from './kubernetes/kubernetes.js';
import { asClient, asProxied } from './kubernetes/kube-config.js';
import { Loki } from './loki/loki.js';
import { Prometheus } from './prometheus/prometheus.js';
import { Jaeger } from './traces/jaeger.js';
import { Tempo } from './traces/tempo.js';

/** Credentials are variables of their own: an address is shown in logs and dashboards, and nobody takes it for a secret. */
const address = z
  .url({ protocol: /^https?$/, error: 'give an address like https://prometheus.monitoring:9090' })
  .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).search === '', {
    error: 'give it without user, password and query; credentials go into the variable ending in _AUTHORIZATION',
  })
  .optional();
/** The whole header, `Bearer …` or `Basic …`. */
const authorization = z
  .string()
  .regex(/^(?:Bearer|Basic) \S+$/, 'give the whole header, e.g. `Bearer …` or `Basic …`')
  .optional();
/** Of a server that many share; the header X-Scope-OrgID. */
const tenant = z
  .string()
  .regex(/^[\w!.*'()|-]{1,150}$/, 'is no name of a tenant')
  .optional();

const REPOSITORY = /^(?:([\w.-]{1,200})=)?([\w-][\w.-]*\/[\w-][\w.-]*)$/;
const repositories = z
  .string()
  .default('')
  .transform((text, context): Repository[] =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .flatMap((entry) => {
        const [, service, name] = REPOSITORY.exec(entry) ?? [];
        if (name !== undefined) return [{ service, name }];
        context.addIssue({ code: 'custom', message: 'give `owner/name` or `service=owner/name`, comma-separated' });
        return [];
      }),
  );

/** Where evidence is gathered when a session opens. What has no address is not asked. */
export const CollectorsEnvironment = z.object({
  /** Milliseconds that gathering may take altogether; then the session opens with what is there. */
  INQUEST_COLLECT_MS: wholeNumber(8_000, 100, 60_000),
  /** Incidents that one process gathers evidence for at a time; others wait for their turn, within the same time. */
  INQUEST_COLLECT_AT_ONCE: wholeNumber(8, 1, 256),
  INQUEST_PROMETHEUS_URL: address,
  INQUEST_PROMETHEUS_AUTHORIZATION: authorization,
  INQUEST_PROMETHEUS_TENANT: tenant,
  INQUEST_LOKI_URL: address,
  INQUEST_LOKI_AUTHORIZATION: authorization,
  INQUEST_LOKI_TENANT: tenant,
  INQUEST_TEMPO_URL: address,
  INQUEST_TEMPO_AUTHORIZATION: authorization,
  INQUEST_TEMPO_TENANT: tenant,
  INQUEST_JAEGER_URL: address,
  INQUEST_JAEGER_AUTHORIZATION: authorization,
  /** `in-cluster`: as the pod's own ServiceAccount. `kubeconfig`: as the current user of KUBECONFIG. An address: that of `kubectl proxy`. */
  INQUEST_KUBERNETES: z.union([z.enum(['none', 'in-cluster', 'kubeconfig']), address.unwrap()]).default('none'),
  /** Which GitOps controllers are asked for what they rolled out, comma-separated: `argocd`, `flux`. */
  INQUEST_GITOPS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.enum(['argocd', 'flux'], { error: 'give `argocd`, `flux` or both, comma-separated' }))),
  INQUEST_ARGOCD_NAMESPACE: z.string().min(1).max(63).default('argocd'),
  /** `owner/name` for all services, `service=owner/name` for one; comma-separated. Empty: GitHub is not asked. */
  INQUEST_GITHUB_REPOSITORIES: repositories,
  INQUEST_GITHUB_URL: address.unwrap().default('https://api.github.com'),
  INQUEST_GITHUB_AUTHORIZATION: authorization,
});
export type CollectorsEnvironment = z.infer<typeof CollectorsEnvironment>;

const sourceOf = (baseUrl: string, auth?: string, org?: string, headers: Record<string, string> = {}): Source =>
  new Source({
    baseUrl,
    headers: {
      ...headers,
      ...(auth !== undefined && { authorization: auth }),
      ...(org !== undefined && { 'x-scope-orgid': org }),
    },
  });

/** Those that are configured; none of them has been asked anything yet. */
export const collectorsFrom = (settings: CollectorsEnvironment): Collector[] => {
  const of = (name: 'PROMETHEUS' | 'LOKI' | 'TEMPO', make: (source: Source) => Collector): Collector[] => {
    const url = settings[`INQUEST_${name}_URL`];
    return url === undefined
      ? []
      : [make(sourceOf(url, settings[`INQUEST_${name}_AUTHORIZATION`], settings[`INQUEST_${name}_TENANT`]))];
  };
  const { INQUEST_JAEGER_URL: jaeger, INQUEST_GITHUB_REPOSITORIES: ofGitHub } = settings;
  return [
    ...kubernetesFrom(settings),
    ...of('PROMETHEUS', (source) => new Prometheus(source)),
    ...of('LOKI', (source) => new Loki(source)),
    ...of('TEMPO', (source) => new Tempo(source)),
    ...(jaeger === undefined ? [] : [new Jaeger(sourceOf(jaeger, settings.INQUEST_JAEGER_AUTHORIZATION))]),
    ...(ofGitHub.length === 0 ? [] : [new GitHub(gitHubOf(settings), ofGitHub)]),
  ];
};

const gitHubOf = ({ INQUEST_GITHUB_URL: url, INQUEST_GITHUB_AUTHORIZATION: auth }: CollectorsEnvironment): Source =>
  sourceOf(url, auth, undefined, { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' });

const kubernetesFrom = (settings: CollectorsEnvironment): Collector[] => {
  const where = settings.INQUEST_KUBERNETES;
  if (where === 'none') return [];
  const ask = where === 'in-cluster' || where === 'kubeconfig' ? asClient(where) : asProxied(where);
  return [
    new Kubernetes(new ApiCluster(ask), {
      argoCd: settings.INQUEST_GITOPS.includes('argocd'),
      flux: settings.INQUEST_GITOPS.includes('flux'),
      argoCdNamespace: settings.INQUEST_ARGOCD_NAMESPACE,
    }),
  ];
};
