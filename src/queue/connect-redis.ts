import type { Redis, RedisOptions } from 'ioredis';
import {
  parseRedisAddress,
  type RedisAddress,
  redisAddressForm,
  type SentinelAddress,
} from './redis-address.ts';
import { RedisConnection } from './redis-connection.ts';
import type { RedisTarget, RedisTls } from './redis-target.ts';

/** What each of our ways to open a connection says of it, wherever Redis is. */
export type OwnOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * Makes the connection of a target: the one place that knows of the kinds of addresses.
 * @throws Error where the address is none; whoever takes it from outside has checked it
 */
export function connectRedis(target: RedisTarget | string, options: OwnOptions): Redis {
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
      throw new Error('A redis+cluster:// address is not supported yet.');
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

function sentinelOptions(
  { sentinels, name, db, login, sentinelLogin, family }: SentinelAddress,
  { connectTimeout = 10_000, tls }: OwnOptions,
): OwnOptions {
  return {
    sentinels: [...sentinels],
    name,
    db,
    ...login,
    ...(sentinelLogin.username ? { sentinelUsername: sentinelLogin.username } : {}),
    ...(sentinelLogin.password ? { sentinelPassword: sentinelLogin.password } : {}),
    ...(family === undefined ? {} : { family }),
    ...(tls ? { tls, enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
    // A Sentinel that takes connections and says nothing must not keep the others from being asked.
    sentinelCommandTimeout: Math.min(connectTimeout, 2_000),
  };
}
