import { event, json, log, pod, text } from '../testing/builders.js';
import { expected, said, WEB, type Case } from '../testing/recognise.js';

const cases: Case[] = [
  [
    'a missing config map',
    'web not starting',
    'configuration_error',
    'config_missing',
    ['web-config'],
    [event(`Pod/${WEB}`, 'Failed', 'Error: configmap "web-config" not found')],
  ],
  [
    'a missing secret for a volume',
    'web stuck in ContainerCreating',
    'configuration_error',
    'config_missing',
    ['web-tls'],
    [event(`Pod/${WEB}`, 'FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found')],
  ],
  [
    'a missing variable',
    'web crash looping',
    'configuration_error',
    'env_var_missing',
    ['DATABASE_URL'],
    [pod(WEB, false), log(WEB, 'INFO starting', 'FATAL: environment variable DATABASE_URL is not set')],
  ],
  [
    'a python key error of the environment',
    'web crash looping',
    'configuration_error',
    'env_var_missing',
    ['API_TOKEN'],
    [log(WEB, 'Traceback (most recent call last):', "KeyError: 'API_TOKEN'")],
  ],
  [
    'an invalid configuration file',
    'nginx crash looping',
    'configuration_error',
    'config_invalid',
    ['directive'],
    [log('nginx-5d4f5b6c7d-abcd2', 'nginx: [emerg] unknown directive "servr" in /etc/nginx/nginx.conf:3')],
  ],
  [
    'a forbidden call',
    'operator errors',
    'configuration_error',
    'forbidden',
    ['secrets'],
    [
      log(
        WEB,
        'ERROR secrets is forbidden: User "system:serviceaccount:shop:web" cannot list resource "secrets" in API group ""',
      ),
    ],
  ],
  [
    'a volume that is attached elsewhere',
    'db-0 not starting',
    'infrastructure',
    'mount_failed',
    ['Multi-Attach'],
    [
      event(
        'Pod/db-0',
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
      ),
    ],
  ],
  [
    'a node that is gone',
    'Node node-2 not ready',
    'infrastructure',
    'node_not_ready',
    ['kubelet', 'Unknown'],
    [json('kubernetes', { nodes: [{ name: 'node-2', ready: 'Unknown', memory_pressure: 'False', disk_pressure: 'False' }] })],
  ],
  [
    'a node out of disk',
    'pods evicted',
    'resource_exhaustion',
    'node_pressure',
    ['DiskPressure'],
    [
      json('kubernetes', { nodes: [{ name: 'node-2', ready: 'True', memory_pressure: 'False', disk_pressure: 'True' }] }),
      event(`Pod/${WEB}`, 'Evicted', 'The node was low on resource: ephemeral-storage.'),
    ],
  ],
  [
    'a scaler at its maximum',
    'web HPA maxed out',
    'resource_exhaustion',
    'hpa_at_max',
    ['maximum'],
    [event('HorizontalPodAutoscaler/web', 'ScalingLimited', 'the desired replica count is more than the maximum replica count')],
  ],
  [
    'a throttled container',
    'web is slow',
    'resource_exhaustion',
    'cpu_throttling',
    ['CPU limit'],
    [text('alerts', 'CPUThrottlingHigh: 78% of CPU periods of container web are throttled')],
  ],
  [
    'a blocked drain',
    'node drain stuck',
    'configuration_error',
    'pdb_blocks_eviction',
    ['PodDisruptionBudget'],
    [event(`Pod/${WEB}`, 'FailedEviction', "Cannot evict pod as it would violate the pod's disruption budget.")],
  ],
  [
    'a network policy',
    'client cannot reach api',
    'configuration_error',
    'network_policy',
    ['deny-all-egress'],
    [
      text('topology', 'Pod/client  1/1  Running\n└── NetworkPolicy/deny-all-egress  -'),
      log('client', ...Array.from({ length: 3 }, () => 'ERROR connect ETIMEDOUT api:8080')),
    ],
  ],
  [
    'names that do not resolve',
    'web cannot resolve names',
    'infrastructure',
    'dns_failure',
    ['resolve'],
    [
      log(
        'coredns-5d78c9869d-abcd2',
        'ERROR plugin/errors: 2 api.shop. A: read udp: i/o timeout SERVFAIL',
        '[ERROR] SERVFAIL again',
      ),
      log(WEB, ...Array.from({ length: 4 }, (_, n) => `ERROR lookup api-${n}: no such host`)),
    ],
  ],
  [
    'a service without endpoints',
    'web returns 503',
    'configuration_error',
    'no_endpoints',
    ['selector'],
    [
      text('kubernetes', 'Name:  web\nNamespace:  shop\nSelector:  app=wbe\nPort:  80/TCP\nEndpoints:  <none>\n', {
        title: 'describe service web',
      }),
    ],
  ],
];

describe('the rules for configuration and nodes', () => {
  it.each(cases)('recognise %s', (...failure) => expect(said(failure)).toEqual(expected(failure)));
});
