import { analyze, createIndex, pgCancelBackend, pgTerminateBackend, vacuum } from './databases.js';
import { configMapRollback } from './configuration.js';
import { cordon, flagOff, helmRollback, systemctlRestart, uncordon } from './nodes-and-services.js';
import {
  cronjobResume,
  cronjobSuspend,
  deletePod,
  rolloutRestart,
  rolloutUndo,
  scale,
  setImage,
  setResources,
} from './workloads.js';

export type { Remedy, RemedyContext, Rendering } from './remedy.js';

/** Every remedy with a command. What is not here is a manual step, in words. */
export const REMEDIES = {
  rolloutRestart,
  rolloutUndo,
  scale,
  deletePod,
  cronjobSuspend,
  cronjobResume,
  setImage,
  setResources,
  configMapRollback,
  cordon,
  uncordon,
  helmRollback,
  systemctlRestart,
  flagOff,
  pgCancelBackend,
  pgTerminateBackend,
  vacuum,
  analyze,
  createIndex,
} as const;

export type RemedyName = keyof typeof REMEDIES;
