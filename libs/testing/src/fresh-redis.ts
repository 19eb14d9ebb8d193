import { type RedisOptions, type RedisServer, startRedis } from '@inquest/servers';

/**
 * A Redis of the spec's own, in about 50 ms. Our keys have fixed names, so two specs on one server would read each other's streams.
 * Stop it in `afterAll`.
 */
export const freshRedis = async (options: RedisOptions = {}): Promise<RedisServer> => startRedis(options);
