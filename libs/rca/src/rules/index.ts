import { anomalousComponent } from './anomalies.js';
import {
  codeDefect,
  dataQuality,
  diskFull,
  jobFailed,
  logErrors,
  lowMemory,
  migration,
  rolloutStuck,
  trafficSpike,
  versionMismatch,
} from './application.js';
import { clusterPartition, consumerLag } from './brokers.js';
import { recentChange } from './changes.js';
import {
  certificate,
  configInvalid,
  configMissing,
  credentials,
  forbidden,
  missingExtension,
  mountFailed,
  routing,
  variableMissing,
} from './configuration.js';
import { crashLoop, imagePull, oomKilled, startError } from './containers.js';
import { checkpointStorm, cpuSaturation, ioSaturation, locks, memoryPressure, vacuumDebt } from './database-load.js';
import { connectionExhaustion, failover, replicationLag, storageFull } from './database.js';
import { slowOperation, slowQueryLogged } from './latency.js';
import { dependencyUnreachable, dnsFailure, gatewayErrors, networkPolicy, rateLimited } from './network.js';
import { cpuAndScaling, nodeNotReady, nodePressure } from './nodes.js';
import { probeFailure } from './probes.js';
import type { Rule } from './rule.js';
import { disruptionBudget, fullNode, pendingPod, quotaExceeded } from './scheduling.js';

/** All rules. Their order means nothing: candidates are ranked by confidence. */
export const RULES: readonly Rule[] = [
  oomKilled,
  startError,
  imagePull,
  crashLoop,
  probeFailure,
  pendingPod,
  quotaExceeded,
  disruptionBudget,
  fullNode,
  nodeNotReady,
  nodePressure,
  cpuAndScaling,
  variableMissing,
  configMissing,
  configInvalid,
  forbidden,
  mountFailed,
  certificate,
  credentials,
  routing,
  missingExtension,
  networkPolicy,
  dnsFailure,
  dependencyUnreachable,
  gatewayErrors,
  rateLimited,
  clusterPartition,
  consumerLag,
  replicationLag,
  connectionExhaustion,
  storageFull,
  failover,
  cpuSaturation,
  locks,
  checkpointStorm,
  ioSaturation,
  memoryPressure,
  vacuumDebt,
  slowOperation,
  slowQueryLogged,
  codeDefect,
  dataQuality,
  migration,
  versionMismatch,
  jobFailed,
  rolloutStuck,
  diskFull,
  trafficSpike,
  lowMemory,
  recentChange,
  anomalousComponent,
  logErrors,
];
