/** Where Sentinels tell which Redis is the master at the moment. */
export interface SentinelUrl {
  sentinels: { host: string; port: number }[];
  /** The name under which they watch the master. */
  master: string;
  /** Of the Redis. */
  username: string | undefined;
  password: string | undefined;
  db: number;
  tls: boolean;
  /** Of the Sentinels themselves. */
  sentinelUsername: string | undefined;
  sentinelPassword: string | undefined;
}

/** Where the nodes of a Redis Cluster are, or some of them: each knows the others. */
export interface ClusterUrl {
  nodes: { host: string; port: number }[];
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
}

const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;

const SENTINEL =
  /^redis(?<tls>s?)\+sentinel:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]+)\/(?<master>[^/?#]+)(?:\/(?<db>\d{1,5}))?(?:\?(?<query>[^#]*))?$/;
const CLUSTER =
  /^redis(?<tls>s?)\+cluster:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]+)\/?$/;
const HOST = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(?<port>\d{1,5}))?$/;

/**
 * `redis+sentinel://[user:password@]host[:26379],host,.../<master>[/<db>][?sentinelUsername=...&sentinelPassword=...]`, with
 * `rediss+` for TLS everywhere. @returns undefined for anything else
 */
export function parseSentinelUrl(text: string): SentinelUrl | undefined {
  const groups = SENTINEL.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { tls, user, password, hosts = '', master = '', db = '0', query = '' } = groups;
  const sentinels = hosts.split(',').map((host) => parseHost(host, SENTINEL_PORT));
  if (!sentinels.every((sentinel) => sentinel !== undefined)) return undefined;
  const search = new URLSearchParams(query);
  try {
    return {
      sentinels,
      master: decodeURIComponent(master),
      username: decoded(user),
      password: decoded(password),
      db: Number(db),
      tls: tls === 's',
      sentinelUsername: search.get('sentinelUsername') ?? undefined,
      sentinelPassword: search.get('sentinelPassword') ?? undefined,
    };
  } catch {
    return undefined; // a % that encodes nothing
  }
}

/**
 * `redis+cluster://[user:password@]host[:6379],host,...`, with `rediss+` for TLS everywhere.
 * @returns undefined for anything else
 */
export function parseClusterUrl(text: string): ClusterUrl | undefined {
  const groups = CLUSTER.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { tls, user, password, hosts = '' } = groups;
  const nodes = hosts.split(',').map((host) => parseHost(host, REDIS_PORT));
  if (!nodes.every((node) => node !== undefined)) return undefined;
  try {
    return { nodes, username: decoded(user), password: decoded(password), tls: tls === 's' };
  } catch {
    return undefined; // a % that encodes nothing
  }
}

function parseHost(text: string, otherwise: number): { host: string; port: number } | undefined {
  const groups = HOST.exec(text)?.groups;
  const port = Number(groups?.['port'] ?? otherwise);
  if (groups === undefined || port < 1 || port > 65_535) return undefined;
  return { host: (groups['host'] ?? '').replace(/^\[|\]$/g, ''), port };
}

function decoded(text: string | undefined): string | undefined {
  return text ? decodeURIComponent(text) : undefined;
}
