import type { EvidenceSnapshot } from '@inquest/contracts';

/** A container that runs out of memory again and again: enough for the rules to name a cause and a remedy. */
export const OOM_KILLED: Partial<EvidenceSnapshot> = {
  kubernetes: [
    {
      id: 'k1',
      status: 'ok',
      title: 'Pods',
      kind: 'k8s_object',
      trusted: true,
      json: {
        pods: [
          {
            name: 'checkout-api-7f9dd8b6c4-x7gr9',
            namespace: 'shop',
            phase: 'Running',
            containers: [
              {
                name: 'checkout-api',
                ready: false,
                restart_count: 8,
                state: 'waiting',
                reason: 'CrashLoopBackOff',
                last_state: { terminated: { reason: 'OOMKilled', exit_code: 137 } },
                resources: { limits: { memory: '512Mi' } },
              },
            ],
          },
        ],
      },
    },
    {
      id: 'k2',
      status: 'ok',
      title: 'Warning events',
      kind: 'k8s_event',
      trusted: true,
      json: {
        warning_events: [
          {
            namespace: 'shop',
            reason: 'BackOff',
            message:
              'Back-off restarting failed container checkout-api in pod checkout-api-7f9dd8b6c4-x7gr9_shop (reason: OOMKilled, exit code 137)',
            count: 21,
          },
        ],
      },
    },
    {
      id: 'k3',
      status: 'ok',
      title: 'Deployments',
      kind: 'k8s_object',
      trusted: true,
      json: { deployments: [{ name: 'checkout-api', namespace: 'shop', desired: 3, ready: 2, available: 2, unavailable: 1 }] },
    },
  ],
  logs: [
    {
      id: 'l1',
      status: 'ok',
      title: 'checkout-api logs',
      kind: 'log',
      trusted: true,
      text: 'INFO cache warm-up: 412000 entries\nWARN heap 498Mi of 512Mi\nERROR java.lang.OutOfMemoryError: Java heap space\n',
    },
  ],
};
