export { DataDirectoryInUseError, NoDatabaseUserError, NoRedisError, ServerDidNotStartError } from './errors.js';
export { freePort } from './free-port.js';
export { type ProvidedServer, postgresFromEnvironment, redisFromEnvironment } from './from-environment.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/postgres-server.js';
export { findRedisServer } from './redis/find-redis-server.js';
export type { Progress, RedisBinary } from './redis/redis-binary.js';
export { type RedisClusterServers, startRedisCluster } from './redis/redis-cluster.js';
export { type RedisSentinelServers, startRedisSentinel } from './redis/redis-sentinel.js';
export { type RedisOptions, type RedisServer, startRedis } from './redis/redis-server.js';
