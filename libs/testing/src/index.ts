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
export { fakeHttpServer, type FakeHttpServer, type HttpReply } from './fake-http-server.js';
export { aPodObject, fakeKubernetes } from './fake-kubernetes.js';
export { type FreshDatabase, freshDatabase } from './fresh-database.js';
export { freshRedis } from './fresh-redis.js';
export { FakeAnthropic, type FakeAnthropicOptions, type FakeTurn, type SeenRequest } from './fake-anthropic.js';
export { FakeReply, FakeScript, type FakeReplyInput } from './fake-anthropic-script.js';
export { questionOf, roleOf, sensibleAnswer } from './fake-anthropic-answers.js';
export type { MessagesRequest } from './fake-anthropic-request.js';
export { SeededRandom } from './seeded-random.js';
export { oddWebhook, type OddWebhook } from './webhook-fuzz.js';
export { WEBHOOK_SAMPLES } from './webhook-samples.js';
