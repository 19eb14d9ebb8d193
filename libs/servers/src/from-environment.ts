import { type PostgresOptions, startPostgres } from './postgres/postgres-server.js';
import { type RedisOptions, startRedis } from './redis/redis-server.js';

/** A server to use: one of ours, which `stop` ends, or somebody else's, which it leaves alone. */
export interface ProvidedServer {
  readonly url: string;
  /** For people: where it comes from. */
  readonly how: string;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The Redis that REDIS_URL names; without that, a private one. */
export const redisFromEnvironment = async (options: RedisOptions = {}, env: Environment = process.env): Promise<ProvidedServer> =>
  named(env, 'REDIS_URL') ?? startRedis(options);

/** The PostgreSQL that DATABASE_URL names; without that, the embedded one. */
export const postgresFromEnvironment = async (
  options: PostgresOptions = {},
  env: Environment = process.env,
): Promise<ProvidedServer> => named(env, 'DATABASE_URL') ?? startPostgres(options);

const named = (env: Environment, variable: string): ProvidedServer | undefined => {
  const url = env[variable];
  return url ? { url, how: variable, stop: async () => undefined } : undefined;
};
