import type { RedisOptions } from 'ioredis';
import { ClusterConnection, type ClusterSettings } from './cluster-connection.ts';
import { primaryConnector } from './primary-connector.ts';
import {
  type ClusterAddress,
  parseRedisAddress,
  type RedisAddress,
  redisAddressForm,
  type SentinelAddress,
} from './redis-address.ts';
import type { RedisClient } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import type { RedisTarget, RedisTls } from './redis-target.ts';

/** How long a Sentinel may take to answer, in milliseconds; the next is asked long before. */
const mostForSentinelMs = 2_000;

/** What each of our ways to open a connection says of it, wherever Redis is. */
export type OwnOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * Makes the connection of a target: the one place that knows of the kinds of addresses.
 * @throws Error where the address is none; whoever takes it from outside has checked it
 */
export function connectRedis(target: RedisTarget | string, options: OwnOptions): RedisClient {
  const { address: text, tls }: RedisTarget = typeof target === 'string' ? { address: target } : target;
  const { address, problem } = parseRedisAddress(text);
  if (address === undefined) throw new Error(`The address of Redis must be ${redisAddressForm}: ${problem}.`);
  const own = { ...options, ...tlsOf(address, tls) };
  switch (address.kind) {
    case 'single':
      return new RedisConnection(address.forIoredis, own);
    case 'sentinel':
      return new RedisConnection({ ...own, ...sentinelOptions(address, own) });
    case 'cluster':
      return new ClusterConnection([...address.nodes], clusterOptions(address, own));
  }
}

/** ioredis itself sees to TLS where nothing is said of it but rediss://. */
function tlsOf({ kind, tls }: RedisAddress, given: RedisTls = {}): Pick<OwnOptions, 'tls'> {
  if (!tls) return {};
  const { ca, cert, key, serverName } = given;
  const settings = {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(serverName ? { servername: serverName } : {}),
  };
  return kind === 'single' && Object.keys(settings).length === 0 ? {} : { tls: settings };
}

function sentinelOptions(address: SentinelAddress, { connectTimeout = 10_000, tls }: OwnOptions): OwnOptions {
  const { db, login, family } = address;
  const timeoutMs = Math.min(connectTimeout, mostForSentinelMs);
  return {
    Connector: primaryConnector({ address, tls, timeoutMs }),
    db,
    ...login,
    ...(family === undefined ? {} : { family }),
  };
}

/**
 * How often a cluster is asked which node has which slots, beside when a node says so: one that has become silent says nothing.
 * Our choice.
 */
const slotsEveryMs = 2_000;
/** A node that does not answer this within so long is passed over. */
const slotsWithinMs = 1_000;
/** What a silent node was asked is asked of its successor when the connection is surely ended: so long after it was given up. */
const endWithinMs = 500;

function clusterOptions(
  { login, family }: ClusterAddress,
  { enableOfflineQueue: _, reconnectOnError: __, retryStrategy, ...ofNodes }: OwnOptions,
): ClusterSettings {
  const { maxRetriesPerRequest } = ofNodes;
  const waits = maxRetriesPerRequest === null;
  return {
    redisOptions: {
      ...ofNodes,
      disconnectTimeout: endWithinMs,
      ...login,
      ...(family === undefined ? {} : { family }),
    },
    clusterRetryStrategy: (times) => retryStrategy?.(times) || undefined,
    maxRedirections: waits ? Number.POSITIVE_INFINITY : 16,
    // Nobody may be asked for ever without a pause.
    retryDelayOnMoved: waits ? 20 : 0,
    // 0 is never: what fails fast is told, and decides by itself.
    retryDelayOnFailover: maxRetriesPerRequest === 0 ? 0 : 100,
    retryDelayOnClusterDown: maxRetriesPerRequest === 0 ? 0 : 100,
    slotsRefreshInterval: slotsEveryMs,
    slotsRefreshTimeout: slotsWithinMs,
    // Names stay names, so that certificates are checked against them.
    dnsLookup: (host, callback) => callback(null, host),
  };
}
