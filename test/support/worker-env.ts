import { freshPrefix, sharedRedisUrl } from './redis.ts';

/** The environment of a worker process that delivers to this simulator, on the Redis that all test files share. */
export const workerEnv = (
  { xmlUrl }: { readonly xmlUrl: string },
  change: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  JETSMS_REDIS_URL: sharedRedisUrl(),
  JETSMS_PREFIX: freshPrefix(),
  JETSMS_URL: xmlUrl,
  JETSMS_USERNAME: 'demo',
  JETSMS_PASSWORD: 'demo',
  JETSMS_TITLE: 'DEMO',
  JETSMS_HEALTH_PORT: '0',
  ...change,
});
