export { collect, merged, notCollected, snapshotOf } from './collect.js';
export type { Collected, Collector } from './collector.js';
export { CollectorsEnvironment, collectorsFrom } from './environment.js';
export { LISTS } from './kubernetes/cluster.js';
