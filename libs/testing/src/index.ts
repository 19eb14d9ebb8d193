export {
  aCritique,
  aDiagnosis,
  aHypothesis,
  anAction,
  anIncident,
  anOpening,
  aPlan,
  aVerdict,
  INCIDENT_ID,
  OPENED_AT_MS,
  published,
  SESSION_ID,
  type Manner,
} from './builders.js';
export { type FreshDatabase, freshDatabase } from './fresh-database.js';
export { freshRedis } from './fresh-redis.js';
