import { quote, unique } from '../facts/text.js';
import { fromSightings, type Rule } from './rule.js';

/** Members of a cluster (a broker, a cache, a database) that lost sight of each other. */
export const clusterPartition: Rule = (scene) =>
  fromSightings(
    scene,
    scene.seen('partition').filter(({ text }) => !/probe|is not running in|container/i.test(text)),
    {
      rule: 'cluster-partition',
      category: 'infrastructure',
      faultType: 'cluster_partition',
      base: 0.84,
      wouldRefute: ['all members listing the same peers'],
      explains: ['dependency_unreachable', 'consumer_lag', 'gateway_errors'],
      component: (first) =>
        /(?:rabbit@)?([a-z][\w-]*?)-\d/.exec(first.subject)?.[1] ?? (first.subject || scene.incident.service || 'the cluster'),
      cause: (first, all) => {
        const members = unique(all.map(({ subject }) => subject)).filter((name) => name !== '');
        const said = unique(all.map(({ text }) => quote(text, 120))).slice(0, 4);
        return `There is a network partition in the cluster: members lost sight of each other${members.length > 0 ? ` (${members.slice(0, 4).join(', ')})` : ''}. ${said.map((text) => `“${text}”`).join(' ')} First seen: ${quote(first.text, 80)}.`;
      },
    },
  );

/** Consumers that fall behind their queue or topic. */
export const consumerLag: Rule = (scene) => [
  ...fromSightings(scene, scene.seen('consumer_lag'), {
    rule: 'consumer-lag',
    category: 'resource_exhaustion',
    faultType: 'consumer_lag',
    base: 0.6,
    wouldRefute: ['lag shrinking at the present rate'],
    cause: (first) =>
      `Consumers of ${first.subject || 'the queue'} process more slowly than producers write, so lag grows: “${quote(first.text, 220)}”.`,
  }),
  ...fromSightings(scene, scene.seen('broker_alarm'), {
    rule: 'broker-alarm',
    category: 'resource_exhaustion',
    faultType: 'broker_alarm',
    base: 0.8,
    wouldRefute: ['the alarm cleared'],
    explains: ['consumer_lag', 'dependency_unreachable'],
    cause: (first) => `Broker ${first.subject} raised a resource alarm and blocks publishers: “${quote(first.text, 200)}”.`,
  }),
];
