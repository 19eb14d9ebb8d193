import { Logger } from '@nestjs/common';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import { isCluster, type RedisConnection } from './redis-connection.js';
import { parseRedisUrl, type ParsedRedisUrl, type RedisNodes } from './redis-url.js';
import { scriptDefinitions } from './scripts/index.js';

export interface ConnectOptions {
  /** Shown by CLIENT LIST; name the service. */
  readonly name: string;
  /** Treat even a single address as a node of a cluster. */
  readonly cluster?: boolean;
  /** Told of every connection error; the client goes on by itself. Default: a warning in the log, at most every 5 s. */
  readonly onError?: (error: Error) => void;
}

const quietMs = 5_000;
const reconnectDelayMs = (attempt: number): number => Math.min(25 * 2 ** Math.min(attempt, 10), 500);

const nodeOptions = (name: string): RedisOptions => ({
  connectionName: name,
  lazyConnect: true,
  // The replies have the same shape on every server then; nothing here needs RESP3.
  protocol: 2,
  connectTimeout: 5_000,
  // A peer that vanished without a word would otherwise be waited for as long as TCP does, some 15 minutes. Less than half of a
  // role's turn, so that what was sent into silence can be sent again in time; everything we send may be repeated.
  socketTimeout: 2_000,
});

/** The writing connection of a service. It connects on first use; what becomes ready in one tick goes out as one pipeline. */
export const connectRedis = (
  target: string | RedisNodes,
  { name, cluster = false, onError }: ConnectOptions,
): RedisConnection => {
  const parsed = parseRedisUrl(target);
  const { nodes, username, password, tls, db } = parsed;
  const credentials = { username, password, ...(tls ? { tls: {} } : {}) };
  const redis =
    parsed.isCluster || cluster
      ? new Cluster([...nodes], clusterOptions({ ...nodeOptions(name), ...credentials }, tls))
      : new Redis({
          ...placeOf(parsed),
          ...nodeOptions(name),
          ...credentials,
          db,
          retryStrategy: reconnectDelayMs,
          // After a failover the old address may be a replica: leave it, and send again what it refused.
          reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
          enableAutoPipelining: true,
          scripts: scriptDefinitions,
        });
  redis.on('error', onError ?? warnNowAndThen(name));
  return redis;
};

/**
 * A server's own address, or the Sentinels to ask for it, again after each loss of the connection. Without ioredis' failover detector,
 * which now and then ends a connection for good when it hangs up on one that is just being made; a master that was deposed is left by
 * what it refuses (READONLY) or by its silence.
 */
const placeOf = ({ nodes, sentinel, tls }: ParsedRedisUrl): RedisOptions =>
  sentinel === undefined
    ? { ...nodes[0] }
    : {
        sentinels: nodes.map((node) => ({ ...node })),
        name: sentinel.master,
        sentinelUsername: sentinel.username,
        sentinelPassword: sentinel.password,
        enableTLSForSentinelMode: tls,
        ...(tls && { sentinelTLS: {} }),
        sentinelRetryStrategy: reconnectDelayMs,
      };

const clusterOptions = (redisOptions: RedisOptions, tls: boolean): ClusterOptions => ({
  redisOptions,
  lazyConnect: true,
  enableAutoPipelining: true,
  scripts: scriptDefinitions,
  clusterRetryStrategy: reconnectDelayMs,
  retryDelayOnFailover: 100,
  retryDelayOnClusterDown: 100,
  retryDelayOnTryAgain: 50,
  slotsRefreshTimeout: 3_000,
  // Certificates name hosts; resolving them first would make each of them wrong.
  ...(tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
});

const warnNowAndThen = (name: string): ((error: Error) => void) => {
  const log = new Logger('Redis');
  let quietUntil = 0;
  return (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + quietMs;
    log.warn(`${name}: ${error.message || String(error)}; the connection is tried again by itself.`);
  };
};

/**
 * A connection for blocking reads beside the given one. It never reconnects: an interrupted read fails at once, and whoever reads
 * opens another connection. ioredis would either send the read again or, told not to, leave its promise unsettled for ever.
 */
export const readerBeside = (redis: RedisConnection): RedisConnection => {
  const reader = isCluster(redis)
    ? redis.duplicate([], {
        ...readerOptions,
        retryDelayOnFailover: 0,
        clusterRetryStrategy: () => null,
        redisOptions: readerNodeOptions(redis.options.redisOptions),
      })
    : redis.duplicate({
        ...readerOptions,
        ...readerNodeOptions(redis.options),
        retryStrategy: () => null,
        sentinelRetryStrategy: () => null,
        reconnectOnError: null,
      });
  // Every failure also rejects the read under way, which is where it is handled.
  reader.on('error', () => undefined);
  return reader;
};

const readerOptions = { enableAutoPipelining: false, lazyConnect: true } as const;

const readerNodeOptions = (options: RedisOptions | undefined): RedisOptions => ({
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  socketTimeout: undefined,
  connectionName: `${options?.connectionName ?? 'streams'}:reader`,
});

/** Ends a connection after what was sent has been answered, or after `withinMs`. */
export const closeRedis = async (redis: RedisConnection, withinMs = 2_000): Promise<void> => {
  if (redis.status === 'end' || redis.status === 'wait') return redis.disconnect();
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
  // A connection that is down cannot say good-bye; it is dropped below all the same.
  const quit = redis.quit().then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([quit, tooLong]);
  clearTimeout(timer);
  redis.disconnect();
};
