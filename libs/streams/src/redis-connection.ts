import type { Cluster, Redis } from 'ioredis';

/** A client of one server or of a cluster; everything here takes either. */
export type RedisConnection = Redis | Cluster;

export const isCluster = (redis: RedisConnection): redis is Cluster => redis.isCluster;
