import { quote, unique } from '../facts/text.js';
import type { Sighting } from '../facts/sightings.js';
import { findingOf, type Scene } from '../scene.js';
import { componentOf, found, fromSightings, timesSeen, type Draft, type Rule } from './rule.js';

const TARGETS = [
  /(?:dial tcp|lookup|connect(?:ing|ion)? to|reach|resolve|host=|to server at|upstream|Failed to resolve|getaddrinfo(?: \w+)?|calling|connect ECONNREFUSED)[ '"=:(]{1,3}([a-zA-Z][\w.-]{2,80})/,
  /(?:https?|postgres(?:ql)?|mysql|redis|mongodb|amqp|kafka|tcp):\/\/(?:[^@\s/]{0,60}@)?([a-zA-Z][\w.-]{2,80})/,
  /\b([a-z][\w.-]{1,80}):\d{2,5}\b/,
  /\b(redis|postgres(?:ql)?|mysql|mongo(?:db)?|kafka|rabbitmq|elasticsearch|memcached|database|backup database)\b/i,
];

const NOT_NAMES = new Set([
  'the',
  'database',
  'http',
  'https',
  'server',
  'host',
  'failed',
  'error',
  'after',
  'with',
  'connect',
  'redis-based',
  'any',
]);

/** The service a line tries to reach, as far as it says. */
export const targetIn = (text: string): string => {
  for (const pattern of TARGETS) {
    const name = pattern.exec(text)?.[1]?.replace(/[.:]+$/, '');
    if (name !== undefined && !NOT_NAMES.has(name.toLowerCase())) return name.split('.')[0] ?? name;
  }
  return /\bdatabase\b/i.test(text) ? 'database' : '';
};

const policyFindings = (scene: Scene) =>
  scene.facts.policies.map(({ name, id }) => found('network_policy', name, `NetworkPolicy ${name} applies`, [id]));

/** A default-deny policy near a workload that reaches nothing is a better suspect than everything behind it. */
export const networkPolicy: Rule = (scene) => {
  const failing = scene
    .seen('dns', 'unreachable', 'refused')
    .filter(({ ids }) => ids.length > 0 && scene.relevance(ids[0] ?? '') >= -1);
  const deny =
    scene.facts.policies.find(({ name }) => /deny|egress|block|restrict|isolat|lock/i.test(name)) ?? scene.facts.policies[0];
  const first = failing[0];
  if (deny === undefined || first === undefined) return [];
  const names = unique(scene.facts.policies.map(({ name }) => name));
  return [
    {
      rule: 'network-policy',
      category: 'configuration_error',
      faultType: 'network_policy',
      component: componentOf(first.subject, scene),
      cause:
        `NetworkPolicy ${deny.name} blocks traffic of ${first.subject || 'the workload'}${first.pattern === 'dns' ? ', DNS to port 53 included' : ''}: “${quote(first.text, 200)}” (${timesSeen(failing)} times).` +
        `${names.length > 1 ? ` Policies in place: ${names.slice(0, 5).join(', ')}.` : ''}`,
      base: 0.8,
      support: [...policyFindings(scene).slice(0, 4), ...failing.slice(0, 5).map(findingOf)],
      refute: [],
      wouldRefute: [
        `the failure lasting with NetworkPolicy ${deny.name} lifted`,
        'another pod under the same policy that resolves and connects',
      ],
      explains: [
        'dns_failure',
        'dependency_unreachable',
        'gateway_errors',
        'log_errors',
        'crash_loop',
        'probe_failure',
        'readiness_probe_failure',
      ],
      relevance: scene.relevance(first.subject) === -1 ? 0 : scene.relevance(first.subject),
    },
  ];
};

/** Names do not resolve and no policy explains it. */
export const dnsFailure: Rule = (scene) => {
  const seen = scene.seen('dns').filter(({ ids }) => ids.length > 0);
  const server =
    seen.some(({ subject }) => /dns/i.test(subject)) ||
    scene.facts.pods.some(({ name, ready }) => /dns/i.test(name) && ready === false);
  const steady = timesSeen(seen) >= 3 || server;
  return fromSightings(scene, seen, {
    rule: 'dns',
    category: server || seen.length > 2 ? 'infrastructure' : 'dependency_failure',
    faultType: 'dns_failure',
    base: steady ? 0.68 : 0.42,
    wouldRefute: ['the name resolving from the same pod', 'a name that never existed (a typo in the configuration)'],
    explains: ['dependency_unreachable', 'gateway_errors', 'log_errors', 'crash_loop'],
    cause: (first, all) =>
      `${first.subject || 'The workload'} cannot resolve ${targetIn(first.text) || 'names'} (DNS, ${timesSeen(all)} times): “${quote(first.text, 220)}”. The DNS service, its network path or the name itself is at fault.`,
  });
};

const sickTarget = (target: string, scene: Scene): Sighting | undefined =>
  target === ''
    ? undefined
    : scene.sightings.find(
        ({ subject, pattern, past }) =>
          !past && subject.includes(target) && pattern !== 'refused' && pattern !== 'unreachable' && pattern !== 'error_level',
      );

/** A component cannot reach a service it depends on. */
export const dependencyUnreachable: Rule = (scene) => {
  const seen = scene
    .seen('refused', 'unreachable', 'reset')
    .filter(
      ({ text, sources }) =>
        !/probe failed|failed calling webhook|kubelet|fetch_webpage/i.test(text) &&
        !sources.every((source) => source === 'alert'),
    );
  const groups = new Map<string, Sighting[]>();
  for (const sighting of seen)
    groups.set(componentOf(sighting.subject, scene), [...(groups.get(componentOf(sighting.subject, scene)) ?? []), sighting]);
  return [...groups].flatMap(([component, group]): Draft[] => {
    const first = group.find(({ ids }) => ids.length > 0);
    if (first === undefined) return [];
    const target = group.map(({ text }) => targetIn(text)).find((name) => name !== '' && name !== component) ?? '';
    const pod = scene.facts.pods.find(
      ({ name, workload, ready }) => target !== '' && ready === false && (workload === target || name === target),
    );
    const sick = sickTarget(target, scene);
    const times = timesSeen(group);
    const texts = unique(group.map(({ text }) => quote(text, 160))).slice(0, 3);
    return [
      {
        rule: 'dependency',
        category: 'dependency_failure',
        faultType: 'dependency_unreachable',
        component: target === '' || target === 'database' ? component : target,
        cause:
          `${component} cannot reach ${target || 'a service it depends on'} (${times} failures): ${texts.map((text) => `“${text}”`).join(' ')}.` +
          `${pod === undefined ? '' : ` ${pod.name} itself is ${pod.status || 'not Ready'}.`}${sick === undefined ? '' : ` ${target} says: “${quote(sick.text, 160)}”.`}`,
        base: times >= 2 || pod !== undefined || sick !== undefined ? 0.7 : 0.5,
        support: [
          ...group.slice(0, 6).map(findingOf),
          ...(pod === undefined ? [] : [found('pod_not_ready', pod.name, `pod ${pod.name} is ${pod.status}`, pod.ids)]),
          ...(sick === undefined ? [] : [findingOf(sick)]),
        ],
        refute: [],
        wouldRefute: [
          `${target || 'the dependency'} answering other clients`,
          'a wrong address or port in the caller’s configuration',
        ],
        explains: [
          'crash_loop',
          'probe_failure',
          'readiness_probe_failure',
          'gateway_errors',
          'log_errors',
          'code_exception',
          'rollout_stuck',
        ],
        relevance: scene.relevance(first.subject) === 1 || scene.relevance(target) === 1 ? 1 : scene.relevance(first.subject),
      },
    ];
  });
};

/** Somebody upstream answers 502, 503 or 504; who, the line may say. */
export const gatewayErrors: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('gateway_error').filter(({ sources }) => sources.some((source) => source !== 'alert')),
    {
      rule: 'gateway-errors',
      category: 'dependency_failure',
      faultType: 'gateway_errors',
      base: 0.48,
      wouldRefute: ['the upstream answering 200 at the same time'],
      cause: (first, all) =>
        `${first.subject || 'A service'} gets 5xx answers from what it depends on (${timesSeen(all)} times): “${quote(first.text, 200)}”.`,
    },
  );

/** A dependency that turns callers away because they ask too often. */
export const rateLimited: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('rate_limited').filter(({ sources }) => sources.some((source) => source !== 'alert')),
    {
      rule: 'rate-limited',
      category: 'dependency_failure',
      faultType: 'rate_limited',
      base: 0.62,
      wouldRefute: ['a quota with room left'],
      explains: ['gateway_errors', 'log_errors'],
      cause: (first, all) =>
        `${first.subject || 'The workload'} is rate limited by a service it calls (${timesSeen(all)} times): “${quote(first.text, 200)}”.`,
    },
  );
