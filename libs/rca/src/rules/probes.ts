import type { KnownFault } from '../fault-types.js';
import { quote } from '../facts/text.js';
import { fromSightings, timesSeen, type Rule } from './rule.js';

const EXPLAINED: readonly KnownFault[] = ['crash_loop', 'rollout_stuck', 'no_endpoints', 'gateway_errors'];

/** The kubelet kills or takes out of service what its probes call sick. */
export const probeFailure: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('liveness_probe', 'startup_probe'), {
    rule: 'liveness-probe',
    category: 'configuration_error',
    faultType: 'probe_failure',
    base: 0.82,
    wouldRefute: [
      'an application log that shows the process failing by itself',
      'a last termination by OOMKilled or a non-zero exit',
    ],
    explains: EXPLAINED,
    cause: (first, all) => {
      const pod = scene.facts.pods.find(({ name }) => name === first.subject);
      const code = pod?.containers
        .map(({ exitCode, lastExitCode }) => lastExitCode ?? exitCode)
        .find((value) => value !== undefined);
      return (
        `${first.subject || 'The pod'} is restarted by the kubelet because its Liveness probe fails (${timesSeen(all)} failures): “${quote(first.text, 200)}”. ` +
        `The probe's endpoint, port or timing does not fit the application${code === 0 ? ', which shuts down cleanly with exit code 0: not OOM, not a crash' : ''}.`
      );
    },
  }),
  ...fromSightings(scene, scene.seen('readiness_probe'), {
    rule: 'readiness-probe',
    category: 'configuration_error',
    faultType: 'readiness_probe_failure',
    base: 0.68,
    wouldRefute: [
      'the readiness endpoint answering 200 from inside the pod',
      'a failing dependency in the log that the probe checks',
    ],
    explains: ['no_endpoints', 'gateway_errors', 'rollout_stuck'],
    cause: (first) =>
      `${first.subject || 'The pod'} is Running but not Ready: its Readiness probe fails, so the Service sends it no traffic. “${quote(first.text, 200)}” Check the probe's path, port and timing.`,
  }),
];
