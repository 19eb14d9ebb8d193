export { checkRedis, type RedisFacts } from './check-redis.js';
export { closeRedis, connectRedis, type ConnectOptions } from './connect-redis.js';
export { DeadLetters, type Burial, type DeadLetter, type DeadLettersOptions } from './dead-letters.js';
export { Deadlines } from './deadlines.js';
export { entryTimeMs, type InboxEntry, type StreamEntry } from './entries.js';
export { errorClassOf } from './error-class.js';
export {
  IncompleteDeadLetterError,
  NoSuchDeadLetterError,
  TryAgainLaterError,
  UnexpectedReplyError,
  UnfitRedisError,
  UnrecoverableEntryError,
  type DeadLetterReason,
} from './errors.js';
export { aliveKey, answersKey, DEAD_LETTER_KEY, DEADLINES_KEY, inboxKey, sessionKey } from './keys.js';
export { EntryExceptionFilter } from './nest/entry-exception.filter.js';
export { RedisStreamsClient } from './nest/redis-streams-client.js';
export { RedisStreamsContext } from './nest/redis-streams-context.js';
export {
  REDIS_STREAMS,
  RedisStreamsServer,
  type RedisStreamsEvents,
  type RedisStreamsServerOptions,
  type RedisStreamsStatus,
} from './nest/redis-streams-server.js';
export { nowhere, type AtPoint, type Point } from './points.js';
export { pressure, type Pressure } from './pressure.js';
export type { Publication, PublishResult, StoredEntry } from './publication.js';
export type { Buried } from './reader/deliveries.js';
export { InboxReader, type BatchHandling, type EntryHandler, type InboxReaderOptions } from './reader/inbox-reader.js';
export type { RedisConnection } from './redis-connection.js';
export type { RedisNodes } from './redis-url.js';
export { SessionStreams, type SessionStreamsOptions } from './session-streams.js';
export type { StreamEvents } from './stream-events.js';
