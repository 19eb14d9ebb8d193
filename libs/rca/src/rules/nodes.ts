import type { KnownFault } from '../fault-types.js';
import { quote, unique } from '../facts/text.js';
import { findingOf, type Scene } from '../scene.js';
import { measured, type Measured } from './database-view.js';
import { componentOf, found, fromSightings, type Draft, type Rule } from './rule.js';

const SYMPTOMS: readonly KnownFault[] = [
  'node_pressure',
  'evicted',
  'crash_loop',
  'rollout_stuck',
  'dependency_unreachable',
  'no_endpoints',
  'probe_failure',
  'readiness_probe_failure',
  'unschedulable',
  'taint_mismatch',
  'insufficient_resources',
  'cluster_partition',
];

/** A node that stopped answering takes its pods with it. */
export const nodeNotReady: Rule = (scene) => {
  const told = scene.seen('node_not_ready', 'spot_interruption').filter(({ ids }) => ids.length > 0);
  const nodes = scene.facts.nodes.filter(({ ready }) => ready !== 'True');
  const drafts: Draft[] = nodes.map((node) => {
    const lost = scene.facts.pods.filter((pod) => pod.node === node.name && pod.ready !== true);
    const healthy = scene.facts.nodes.filter(({ ready }) => ready === 'True');
    return {
      rule: 'node-not-ready',
      category: 'infrastructure',
      faultType: 'node_not_ready',
      component: node.name,
      cause:
        `Node ${node.name} is not ready (Ready=${node.ready}): its kubelet stopped sending heartbeats` +
        `${node.pressures.length > 0 ? ` under ${node.pressures.join(', ')}` : ''}, so its pods are unreachable${lost.length > 0 ? ` (${lost.map(({ name, status }) => `${name}: ${status}`).join(', ')})` : ''}.` +
        `${healthy.length > 0 ? ` Healthy node ${healthy[0]?.name ?? ''} and the application itself are not at fault.` : ''}`,
      base: 0.9,
      support: [
        found('node_condition', node.name, `Ready=${node.ready}`, node.ids),
        ...lost.map((pod) => found('pod_lost', pod.name, `pod ${pod.name} is ${pod.status}`, pod.ids)),
        ...told.slice(0, 4).map(findingOf),
      ],
      refute: [],
      wouldRefute: ['a fresh heartbeat of the kubelet', 'pods on other nodes failing in the same way'],
      explains: SYMPTOMS,
      relevance: scene.relevance(node.name) === -1 && lost.length === 0 ? -1 : 1,
    };
  });
  if (drafts.length > 0) return drafts;
  const ready = scene.facts.nodes.length > 0;
  return fromSightings(
    scene,
    told.filter(({ text }) => !/toleration|:No(?:Execute|Schedule) op=/i.test(text)),
    {
      rule: 'node-not-ready',
      category: 'infrastructure',
      faultType: 'node_not_ready',
      base: ready ? 0.5 : 0.82,
      wouldRefute: ['the node Ready with a fresh heartbeat'],
      explains: SYMPTOMS,
      component: (first) =>
        /\b(ip-[\w.-]+|[\w-]*node[\w.-]*)/.exec(`${first.subject} ${first.text}`)?.[1] ?? (first.subject || 'node'),
      cause: (first) => `Node ${first.subject} is not ready: its kubelet lost contact. “${quote(first.text, 220)}”`,
    },
  );
};

/** A node short of disk, memory or process ids evicts pods. */
export const nodePressure: Rule = (scene) => {
  const told = scene.seen('evicted', 'node_pressure');
  const drafts: Draft[] = scene.facts.nodes
    .filter(({ pressures }) => pressures.length > 0)
    .map((node) => ({
      rule: 'node-pressure',
      category: 'resource_exhaustion',
      faultType: 'node_pressure',
      component: node.name,
      cause: `Node ${node.name} is under ${node.pressures.join(', ')}${told.length > 0 ? ` and evicts pods: “${quote(told[0]?.text ?? '', 200)}”` : ''}.`,
      base: 0.85,
      support: [found('node_condition', node.name, node.pressures.join(', '), node.ids), ...told.slice(0, 5).map(findingOf)],
      refute: [],
      wouldRefute: ['the pressure condition back to False'],
      explains: ['evicted', 'rollout_stuck', 'crash_loop', 'unschedulable', 'taint_mismatch', 'disk_full'],
      relevance: scene.relevance(node.name) === 1 ? 1 : 0,
    }));
  return [
    ...drafts,
    ...fromSightings(scene, told, {
      rule: 'evicted',
      category: 'resource_exhaustion',
      faultType: 'evicted',
      base: 0.82,
      wouldRefute: ['an eviction by a drain or by priority instead of by a shortage'],
      explains: ['rollout_stuck', 'crash_loop', 'unschedulable', 'low_memory'],
      cause: (first, all) => {
        const scarce = unique(all.map(({ about }) => about))
          .filter((about) => about !== '')
          .join(', ');
        return `${first.subject || 'A pod'} was evicted because its node ran low on ${scarce || 'a resource (memory, disk or ephemeral-storage)'}: “${quote(first.text, 260)}”.`;
      },
    }),
  ];
};

/** From this share of throttled periods on, a container visibly waits for its CPU quota (Prometheus' CPUThrottlingHigh warns at 0.25). */
const THROTTLED_SHARE = 0.25;

/** Throttling as a measured share of periods, or as two counters of throttled and of all periods. */
const throttledShare = (scene: Scene): { share: number; name: string; subject: string; ids: string[] } | undefined => {
  const share = measured(scene, 'throttledratio', 'throttlingratio', 'throttledpercent', 'cputhrottling', 'throttledshare');
  if (share !== undefined)
    return {
      share: share.shape.tail > 1.5 ? share.shape.tail / 100 : share.shape.tail,
      name: share.series.name,
      subject: share.series.subject,
      ids: [share.series.id],
    };
  const [throttled, all] = [measured(scene, 'cfsthrottledperiodstotal'), measured(scene, 'cfsperiodstotal')];
  if (throttled === undefined || all === undefined || throttled.series.subject !== all.series.subject) return undefined;
  const growth = ({ shape }: Measured): number => shape.last - shape.first;
  return {
    share: growth(throttled) / Math.max(1, growth(all)),
    name: throttled.series.name,
    subject: throttled.series.subject,
    ids: [throttled.series.id, all.series.id],
  };
};

const measuredThrottling: Rule = (scene) => {
  const throttled = throttledShare(scene);
  if (throttled === undefined || throttled.share < THROTTLED_SHARE) return [];
  const { share, name, subject, ids } = throttled;
  const component = componentOf(subject, scene);
  return [
    {
      rule: 'cpu-throttling',
      category: 'resource_exhaustion',
      faultType: 'cpu_throttling',
      component,
      cause: `${subject || component} is throttled at its CPU limit in ${Math.round(share * 100)} % of its periods, which slows everything it does.`,
      base: 0.72,
      support: [found('metric', subject, `${name}: throttled in ${Math.round(share * 100)} % of periods`, ids)],
      refute: [],
      wouldRefute: ['throttled periods near zero while the symptom lasts'],
      explains: ['slow_dependency', 'probe_failure', 'readiness_probe_failure', 'slow_query', 'anomaly'],
      relevance: scene.relevance(subject),
    },
  ];
};

/** Containers held back by their CPU limit, and scalers that cannot add more of them. */
export const cpuAndScaling: Rule = (scene) => [
  ...measuredThrottling(scene),
  ...fromSightings(scene, scene.seen('cpu_throttling'), {
    rule: 'cpu-throttling',
    category: 'resource_exhaustion',
    faultType: 'cpu_throttling',
    base: 0.72,
    wouldRefute: ['throttled periods near zero while the symptom lasts'],
    explains: ['slow_dependency', 'probe_failure', 'readiness_probe_failure', 'slow_query', 'anomaly'],
    cause: (first) =>
      `${first.subject || 'The container'} is throttled at its CPU limit, which slows everything it does. “${quote(first.text, 200)}”`,
  }),
  ...fromSightings(scene, scene.seen('hpa_limited'), {
    rule: 'hpa-at-max',
    category: 'resource_exhaustion',
    faultType: 'hpa_at_max',
    base: 0.76,
    wouldRefute: ['utilisation below the target at the present number of replicas'],
    explains: ['slow_dependency', 'cpu_throttling', 'anomaly', 'gateway_errors', 'traffic_spike'],
    cause: (first) =>
      `The HorizontalPodAutoscaler (HPA) of ${first.subject || 'the workload'} is at its maximum number of replicas and demand is still above target. “${quote(first.text, 200)}”`,
  }),
  ...fromSightings(scene, scene.seen('hpa_blind'), {
    rule: 'hpa-without-metrics',
    category: 'configuration_error',
    faultType: 'hpa_no_metrics',
    base: 0.74,
    wouldRefute: ['the metrics API answering for the target pods'],
    explains: ['hpa_at_max'],
    cause: (first) =>
      `The HPA of ${first.subject || 'the workload'} cannot scale: it gets no metrics, or its pods have no resource requests. “${quote(first.text, 200)}”`,
  }),
];
