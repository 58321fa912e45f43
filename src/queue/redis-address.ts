/** What a Redis address must be, in words that end the sentence "must be …". */
export const redisAddressForm =
  'a redis:// or rediss:// address, redis+sentinel://host:port,…/name, redis+cluster://host:port,… (rediss+… for TLS), or a socket as /path, unix:///path or redis+unix:///path';

/** A machine and its port. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** A login of Redis; without a user it is that of the user `default`. */
export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** One Redis, by the text that ioredis reads. */
export interface SingleAddress {
  readonly kind: 'single';
  readonly tls: boolean;
  readonly forIoredis: string;
}

/** The primary that Sentinels name. The login is Redis'; that of the Sentinels themselves is `sentinelLogin`. */
export interface SentinelAddress {
  readonly kind: 'sentinel';
  readonly tls: boolean;
  readonly sentinels: readonly RedisHost[];
  /** What the Sentinels call the primary. */
  readonly name: string;
  readonly db: number;
  readonly login: RedisLogin;
  readonly sentinelLogin: RedisLogin;
  readonly family?: number;
}

/** Some nodes of a cluster, by which the others are found. A cluster has no numbered databases. */
export interface ClusterAddress {
  readonly kind: 'cluster';
  readonly tls: boolean;
  readonly nodes: readonly RedisHost[];
  readonly login: RedisLogin;
  readonly family?: number;
}

export type RedisAddress = SingleAddress | SentinelAddress | ClusterAddress;

/** Where Redis is, or what is wrong with the text: a sentence without its subject that repeats nothing of it. */
export type ParsedAddress =
  | { readonly address: RedisAddress; readonly problem?: never }
  | { readonly address?: never; readonly problem: string };

/**
 * Reads where a Redis is: the one rule for settings, options of producers and events, and operators' functions. Total.
 *
 * - `redis://user:password@host:6379/0`, `rediss://…`, or a socket by its path, as ioredis reads them.
 * - `redis+sentinel://user:password@host:26379,host:26379/name?db=0`: the login is Redis'; the Sentinels' own, where they have
 *   one, is `?sentinelUsername=…&sentinelPassword=…`.
 * - `redis+cluster://user:password@host:7000,host:7001`.
 */
export function parseRedisAddress(value: unknown): ParsedAddress {
  if (typeof value !== 'string') return { problem: 'it is no text' };
  const parts = readList(value);
  if (parts === undefined) return parseSingle(value);
  return parts.kind === 'sentinel' ? parseSentinel(parts) : parseCluster(parts);
}

export const isRedisAddress = (value: unknown): value is string =>
  parseRedisAddress(value).problem === undefined;

export const isClusterAddress = (value: unknown): boolean =>
  parseRedisAddress(value).address?.kind === 'cluster';

/** What is wrong with a value that is no address, as a whole sentence; undefined where it is one. */
export function redisAddressProblem(name: string, value: unknown): string | undefined {
  const { problem } = parseRedisAddress(value);
  return problem === undefined ? undefined : `${name} must be ${redisAddressForm}: ${problem}.`;
}

const socketScheme = /^(?:redis\+)?unix:\/\/(?=\/)/;
const socketPath = /^\/[^/]/;
const withoutScheme = (address: string): string => address.replace(socketScheme, '');

function parseSingle(text: string): ParsedAddress {
  const forIoredis = withoutScheme(text);
  if (socketPath.test(forIoredis)) return { address: { kind: 'single', tls: false, forIoredis } };
  if (!/^rediss?:\/\//i.test(text)) return { problem: 'it begins like none of these' };
  if (/^[^/]*\/\/[^/?#]*,/.test(text))
    return { problem: 'several hosts are for redis+sentinel:// and redis+cluster:// alone' };
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return { problem: 'host and port cannot be read' };
  if (!/^\/?\d*$/.test(url.pathname))
    return { problem: 'what stands behind the host must be the number of a database' };
  return { address: { kind: 'single', tls: url.protocol === 'rediss:', forIoredis } };
}

/** The parts of an address with several hosts, which is not what the web calls a URL. */
interface ListParts {
  readonly kind: 'sentinel' | 'cluster';
  readonly tls: boolean;
  readonly scheme: string;
  readonly user: string;
  /** As it stands there; undefined where there is none. */
  readonly password: string | undefined;
  readonly hosts: string;
  readonly path: string;
  readonly query: string;
}

const listForm =
  /^(redis(s?)\+(sentinel|cluster):\/\/)(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/is;

function readList(text: string): ListParts | undefined {
  const match = listForm.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', tls = '', kind = '', login = '', hosts = '', path = '', query = ''] = match;
  const colon = login.indexOf(':');
  return {
    kind: kind.toLowerCase() === 'sentinel' ? 'sentinel' : 'cluster',
    tls: tls !== '',
    scheme,
    user: colon < 0 ? login : login.slice(0, colon),
    password: colon < 0 ? undefined : login.slice(colon + 1),
    hosts,
    path,
    query,
  };
}

function parseSentinel(parts: ListParts): ParsedAddress {
  const sentinels = parseHosts(parts.hosts, 26_379);
  const query = new URLSearchParams(parts.query);
  const name = decoded(parts.path);
  const problem =
    hostsProblem(sentinels) ??
    (/^[\w.-]{1,255}$/.test(name)
      ? undefined
      : 'behind the hosts must stand what the Sentinels call the primary: /name') ??
    queryProblem(query, ['db', 'sentinelUsername', 'sentinelPassword', 'family']) ??
    (/^\d{1,5}$/.test(query.get('db') ?? '0') ? undefined : 'db must be the number of a database');
  if (problem !== undefined) return { problem };
  return {
    address: {
      kind: 'sentinel',
      tls: parts.tls,
      sentinels: sentinels.filter((host) => host !== undefined),
      name,
      db: Number(query.get('db') ?? 0),
      login: loginOf(decoded(parts.user), decodedOrNone(parts.password)),
      sentinelLogin: loginOf(query.get('sentinelUsername'), query.get('sentinelPassword')),
      ...familyOf(query),
    },
  };
}

function parseCluster(parts: ListParts): ParsedAddress {
  const nodes = parseHosts(parts.hosts, 6_379);
  const query = new URLSearchParams(parts.query);
  const problem =
    hostsProblem(nodes) ??
    (parts.path === '' && !query.has('db') ? undefined : 'a cluster has no numbered databases and no name') ??
    queryProblem(query, ['family']);
  if (problem !== undefined) return { problem };
  return {
    address: {
      kind: 'cluster',
      tls: parts.tls,
      nodes: nodes.filter((node) => node !== undefined),
      login: loginOf(decoded(parts.user), decodedOrNone(parts.password)),
      ...familyOf(query),
    },
  };
}

const hostForm = /^(?:\[([0-9a-f:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;

function parseHosts(hosts: string, defaultPort: number): readonly (RedisHost | undefined)[] {
  return hosts.split(',').map((text) => {
    const [, ipv6, plain, digits] = hostForm.exec(text) ?? [];
    const host = ipv6 ?? plain;
    const port = digits === undefined ? defaultPort : Number(digits);
    return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
  });
}

function hostsProblem(hosts: readonly (RedisHost | undefined)[]): string | undefined {
  const wrongAt = hosts.indexOf(undefined);
  if (wrongAt < 0) return undefined;
  return `host number ${wrongAt + 1} cannot be read; hosts are host:port, separated by commas, and signs such as / @ # in a password are written in percent`;
}

function queryProblem(query: URLSearchParams, known: readonly string[]): string | undefined {
  if ([...query.keys()].some((key) => !known.includes(key)))
    return `behind the ? stands something else than ${known.join(', ')}`;
  return /^[046]$/.test(query.get('family') ?? '0') ? undefined : 'family must be 4, 6 or 0 for both';
}

const familyOf = (query: URLSearchParams): { readonly family?: number } =>
  query.has('family') ? { family: Number(query.get('family')) } : {};

function loginOf(username: string | null, password: string | null | undefined): RedisLogin {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

/** The address with its passwords, and whatever its options may hide, replaced. */
export function maskRedisAddress(address: string): string {
  const parts = readList(address);
  if (parts !== undefined) return maskList(parts);
  const url = URL.parse(address);
  if (url === null) return address.replace(/\/\/.*$/s, '//***').replace(/\?.*$/s, '?***');
  if (url.password !== '') url.password = '***';
  if (url.search !== '') url.search = '***';
  return url.href;
}

function maskList({ scheme, user, password, hosts, path, query }: ListParts): string {
  const secret = password === undefined ? '' : ':***';
  const login = user === '' && secret === '' ? '' : `${user}${secret}@`;
  return `${scheme}${login}${hosts}${path === '' ? '' : `/${path}`}${query === '' ? '' : '?***'}`;
}

/** The passwords that an address holds, as they stand there and as they are meant. */
export function passwordsOf(address: string): readonly string[] {
  const parts = readList(address);
  const url = parts ? undefined : (URL.parse(address) ?? URL.parse(`unix://${address}`));
  const own = parts ? (parts.password ?? '') : (url?.password ?? '');
  const query = parts ? new URLSearchParams(parts.query) : url?.searchParams;
  const inOptions = [...(query ?? [])].filter(([key]) => /password$/i.test(key)).map(([, value]) => value);
  const inQueryAsItStands = [...(parts?.query ?? '').matchAll(/password=([^&]*)/gi)].map(
    ([, value = '']) => value,
  );
  const all = [own, decoded(own), ...inOptions, ...inQueryAsItStands];
  return [...new Set(all)].filter((password) => password !== '');
}

const decodedOrNone = (text: string | undefined): string | undefined => text && decoded(text);

/** As it stands where it is not encoded as a URL wants it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
