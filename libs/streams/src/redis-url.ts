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
}

const DEFAULT_PORT = 6379;
const form = /^(rediss?)(\+cluster)?:\/\/(?:([^@/]*)@)?([^/?#]+)(?:\/(\d+)?)?$/;

/**
 * `redis://[user:password@]host:port[/db]`, `rediss://` for TLS; a cluster as `redis+cluster://a:7000,b:7000` or as a comma list of
 * hosts or of whole URLs. Throws a TypeError that shows the expected form, and never the password.
 */
export const parseRedisUrl = (target: string | RedisNodes): ParsedRedisUrl => {
  if (typeof target !== 'string') return ofNodes(target);
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

const ofNodes = ({ nodes, username, password, tls = false, db = 0, cluster = nodes.length > 1 }: RedisNodes): ParsedRedisUrl => {
  if (nodes.length === 0) throw new TypeError('No address of Redis was given; name at least one node.');
  return { nodes, username, password, tls, db, isCluster: cluster };
};

const address = (text: string): { host: string; port: number } => {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (!host) throw new TypeError(`${JSON.stringify(text)} is no address of a Redis node; write host:port or [ipv6]:port.`);
  return { host, port: Number(match?.[3] ?? DEFAULT_PORT) };
};

const credentialsOf = (text: string | undefined): [username: string | undefined, password: string | undefined] => {
  if (!text) return [undefined, undefined];
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return [decodeURIComponent(username) || undefined, decodeURIComponent(password) || undefined];
};
