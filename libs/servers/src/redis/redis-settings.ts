export interface RedisSettings {
  port: number;
  dir: string;
  password?: string;
  appendOnly: boolean;
  persistent: boolean;
  /** The port of the cluster bus. Its presence makes the server a cluster node. */
  clusterPort?: number;
  inContainer: boolean;
  /** Further lines, which win over those above them. */
  more?: readonly string[];
}

/**
 * The server's configuration file. `noeviction` because a stream that silently loses entries is worse than a write that fails;
 * a password because any user of the machine can reach 127.0.0.1.
 */
export const redisSettings = ({
  port,
  dir,
  password,
  appendOnly,
  persistent,
  clusterPort,
  inContainer,
  more = [],
}: RedisSettings): string =>
  [
    `port ${port}`,
    `bind ${inContainer ? '0.0.0.0' : '127.0.0.1'}`,
    `dir ${JSON.stringify(dir)}`,
    'daemonize no',
    'maxmemory-policy noeviction',
    `appendonly ${appendOnly ? 'yes' : 'no'}`,
    'appendfsync everysec',
    persistent && !appendOnly ? 'save 60 1' : 'save ""',
    ...(password ? [`requirepass ${password}`] : []),
    ...(clusterPort
      ? [
          'cluster-enabled yes',
          `cluster-port ${clusterPort}`,
          'cluster-config-file nodes.conf',
          'cluster-node-timeout 2000',
          'cluster-announce-ip 127.0.0.1',
        ]
      : []),
    ...more,
    '',
  ].join('\n');
