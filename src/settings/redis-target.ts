import type { RedisTarget, RedisTls } from '../queue/redis-target.ts';
import type { ProcessSettings } from './settings.ts';

/** The settings that say which Redis it is. */
export type RedisSettings = Pick<
  ProcessSettings,
  'redisUrl' | 'redisTlsCa' | 'redisTlsCert' | 'redisTlsKey' | 'redisTlsServerName'
>;

/** The Redis of the settings. */
export const redisTargetOf = (settings: RedisSettings): RedisTarget => ({
  address: settings.redisUrl,
  tls: {
    ca: settings.redisTlsCa,
    cert: settings.redisTlsCert,
    key: settings.redisTlsKey,
    serverName: settings.redisTlsServerName,
  },
});

/** The same as the options of `createProducer()` and of the operators' functions. */
export function redisOptionsOf(settings: RedisSettings): {
  readonly redis: string;
  readonly redisTls: RedisTls;
} {
  const { address, tls = {} } = redisTargetOf(settings);
  return { redis: address, redisTls: tls };
}
