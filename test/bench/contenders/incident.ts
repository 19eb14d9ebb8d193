import { OOM_KILLED } from '../../support/incidents.js';

const EVIDENCE = JSON.stringify(OOM_KILLED);

/** About 2 KB: a container that runs out of memory, which all five roles have something to say about. */
export const incidentOf = (fingerprint: string): string =>
  `{"incident":{"source":"bench","fingerprint":"${fingerprint}","title":"checkout-api restarts","startsAt":"${new Date().toISOString()}","severity":"critical"},"evidence":${EVIDENCE}}`;
