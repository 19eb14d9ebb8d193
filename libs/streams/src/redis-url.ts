/** What the Sentinels call the master that is meant, and who they want to be asked by. */
export interface SentinelMaster {
  readonly master: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Where Redis is. More than one address, or a scheme with `+cluster`, means Redis Cluster. */
export interface RedisNodes {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username?: string;
  readonly password?: string;
  readonly tls?: boolean;
  readonly db?: number;
  readonly cluster?: boolean;
}

export interface ParsedRedisUrl {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  readonly db: number;
  readonly isCluster: boolean;
  /** Set when the nodes are Sentinels. */
  readonly sentinel?: SentinelMaster;
}

const DEFAULT_PORT = 6379;
const SENTINEL_PORT = 26_379;
const form = /^(rediss?)(\+cluster)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/(\d+)?)?$/;
const sentinelForm = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^@/?#]+)\/([\w.-]+)(?:\/(\d+)?)?(?:\?sentinel=([^&]*))?$/;

/**
 * `redis://[user:password@]host:port[/db]`, `rediss://` for TLS; a cluster as `redis+cluster://a:7000,b:7000` or as a comma list of
 * hosts or of whole URLs; a master behind Sentinels as `redis+sentinel://user:password@s1:26379,s2:26379/mymaster/0`, with
 * `?sentinel=user:password` where the Sentinels want a password of their own. Throws a TypeError that shows the expected form, and never
 * the password.
 */
export const parseRedisUrl = (target: string | RedisNodes): ParsedRedisUrl => {
  if (typeof target !== 'string') return ofNodes(target);
  if (target.includes('+sentinel://')) return behindSentinels(target.trim());
  const match = form.exec(target.trim().replace(/,rediss?(\+cluster)?:\/\/(?:[^@/,]*@)?/g, ','));
  if (!match)
    throw new TypeError('The Redis URL must look like redis://user:password@host:6379/0 or redis+cluster://a:6379,b:6379.');
  const [, scheme, plusCluster, credentials, hosts = '', db] = match;
  const nodes = hosts.split(',').map((host) => address(host.replace(/\/$/, '')));
  const [username, password] = credentialsOf(credentials);
  const isCluster = plusCluster !== undefined || nodes.length > 1;
  if (isCluster && Number(db ?? 0) !== 0) throw new TypeError(`Redis Cluster has no database ${db}; leave it out of the URL.`);
  return { nodes, username, password, tls: scheme === 'rediss', db: Number(db ?? 0), isCluster };
};

const behindSentinels = (target: string): ParsedRedisUrl => {
  const match = sentinelForm.exec(target);
  if (!match)
    throw new TypeError(
      'The URL of a Redis behind Sentinels must look like redis+sentinel://user:password@sentinel-1:26379,sentinel-2:26379/mymaster/0.',
    );
  const [, scheme, credentials, hosts = '', master = '', db, sentinelCredentials] = match;
  const nodes = hosts.split(',').map((host) => address(host, SENTINEL_PORT));
  const [username, password] = credentialsOf(credentials);
  const [sentinelUser, sentinelPassword] = credentialsOf(sentinelCredentials);
  return {
    ...{ nodes, username, password, tls: scheme === 'rediss', db: Number(db ?? 0), isCluster: false },
    sentinel: { master, username: sentinelUser, password: sentinelPassword },
  };
};

const ofNodes = ({ nodes, username, password, tls = false, db = 0, cluster = nodes.length > 1 }: RedisNodes): ParsedRedisUrl => {
  if (nodes.length === 0) throw new TypeError('No address of Redis was given; name at least one node.');
  return { nodes, username, password, tls, db, isCluster: cluster };
};

const address = (text: string, defaultPort = DEFAULT_PORT): { host: string; port: number } => {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (!host) throw new TypeError(`${JSON.stringify(text)} is no address of a Redis node; write host:port or [ipv6]:port.`);
  return { host, port: Number(match?.[3] ?? defaultPort) };
};

const credentialsOf = (text: string | undefined): [username: string | undefined, password: string | undefined] => {
  if (!text) return [undefined, undefined];
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return [decodeURIComponent(username) || undefined, decodeURIComponent(password) || undefined];
};
