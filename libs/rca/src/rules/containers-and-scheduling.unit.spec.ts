import { event, pod } from '../testing/builders.js';
import { expected, said, WEB, type Case } from '../testing/recognise.js';

const cases: Case[] = [
  [
    'memory kills by exit code and reason',
    `Pod ${WEB} crash looping`,
    'resource_exhaustion',
    'oom_killed',
    ['137', WEB],
    [
      pod(WEB, false, {
        containers: [
          {
            name: 'web',
            ready: false,
            restart_count: 6,
            state: { waiting: true, reason: 'CrashLoopBackOff', message: 'last terminated: reason=OOMKilled, exit_code=137' },
          },
        ],
      }),
    ],
  ],
  [
    'an image that does not exist',
    'web does not start',
    'configuration_error',
    'image_pull_backoff',
    ['web:v9', 'manifest'],
    [
      pod(WEB, false, { phase: 'Pending' }),
      event(`Pod/${WEB}`, 'Failed', 'Failed to pull image "web:v9": rpc error: manifest unknown'),
    ],
  ],
  [
    'a command that is not in the image',
    'web crash looping',
    'configuration_error',
    'container_start_error',
    ['pyhton'],
    [
      event(
        `Pod/${WEB}`,
        'Failed',
        'Error: failed to create containerd task: OCI runtime create failed: exec: "pyhton": executable file not found in $PATH: unknown',
      ),
    ],
  ],
  [
    'a failing liveness probe',
    'web restarting',
    'configuration_error',
    'probe_failure',
    ['Liveness probe'],
    [pod(WEB, false), event(`Pod/${WEB}`, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 404')],
  ],
  [
    'a failing readiness probe',
    'web not ready',
    'configuration_error',
    'readiness_probe_failure',
    ['Readiness probe'],
    [
      pod(WEB, false),
      event(`Pod/${WEB}`, 'Unhealthy', 'Readiness probe failed: Get "http://10.0.0.1:9999/ready": context canceled'),
    ],
  ],
  [
    'too little CPU in the cluster',
    'web pending',
    'resource_exhaustion',
    'insufficient_resources',
    ['cpu', 'Insufficient'],
    [
      pod(WEB, false, { phase: 'Pending' }),
      event(`Pod/${WEB}`, 'FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available'),
    ],
  ],
  [
    'a node selector nobody matches',
    'web pending',
    'configuration_error',
    'affinity_mismatch',
    ['affinity'],
    [event(`Pod/${WEB}`, 'FailedScheduling', "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.")],
  ],
  [
    'a taint nobody tolerates',
    'web pending',
    'configuration_error',
    'taint_mismatch',
    ['dedicated'],
    [event(`Pod/${WEB}`, 'FailedScheduling', '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.')],
  ],
  [
    'an exceeded quota',
    'web has no pods',
    'resource_exhaustion',
    'quota_exceeded',
    ['ResourceQuota'],
    [
      event(
        'ReplicaSet/web-7f9dd8b6c4',
        'FailedCreate',
        'Error creating: pods "web-x" is forbidden: exceeded quota: compute, requested: cpu=2, used: cpu=4, limited: cpu=4',
      ),
    ],
  ],
  [
    'an unbound claim',
    'web pending',
    'configuration_error',
    'pvc_unbound',
    ['PVC'],
    [event(`Pod/${WEB}`, 'FailedScheduling', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')],
  ],
];

describe('the rules for containers and scheduling', () => {
  it.each(cases)('recognise %s', (...failure) => expect(said(failure)).toEqual(expected(failure)));
});
