import { createErrorThrottle } from '../log/error-throttle.ts';
import type { Logger } from '../log/logger.ts';
import { type HealthServer, startHealthServer } from '../metrics/health-server.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Producer } from '../producer/calls.ts';
import { createProducer } from '../producer/producer.ts';
import { disconnectSilently, openOperatorRedis } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { producerAccount } from '../settings/account-rules.ts';
import { packageVersion } from '../settings/package-files.ts';
import { redisOptionsOf, redisTargetOf } from '../settings/redis-target.ts';
import { isLoopback } from '../settings/rules.ts';
import type { Settings } from '../settings/settings.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { ApiKeys } from './keys/grant.ts';
import { type ReadinessWatch, watchReadiness } from './readiness.ts';

/** A gateway with connections to Redis and health pages of its own. */
export interface ServedGateway {
  readonly url: string;
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly healthUrl: string;
  /** Turns red, answers what it has taken, and ends. */
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Read with the need `redis`. */
  readonly settings: Settings;
  readonly log: Logger;
  /** Opens the API keys over a connection that fails fast; they are closed with the gateway. */
  readonly openKeys: (redis: RedisClient, prefix: string) => ApiKeys;
}

/** Longer than a backend app would wait: whoever asks by HTTP cannot do anything else meanwhile. */
const redisTimeoutMs = 2_000;

/** Redis errors come by the thousand; a line in so many milliseconds says enough. */
const floodWindowMs = 10_000;

interface Parts {
  readonly redis: RedisClient;
  readonly producer: Producer;
  readonly keys: ApiKeys;
  readonly readiness: ReadinessWatch;
  readonly pages: HealthServer;
}

/**
 * Serves the gateway of the settings. Redis need not be there: until it is, it is not ready, and answers 503.
 * @throws Error with code `EADDRINUSE` and the like where an address cannot be taken
 */
export async function serveGateway(options: ServeOptions): Promise<ServedGateway> {
  const { settings, log } = options;
  const metrics = createMetrics({ version: packageVersion(), accounts: [], processMetrics: true });
  const redis = openRedis(options);
  const readiness = watchReadiness({ redis, onRedis: (up) => metrics.redis({ up }) });
  const keys = options.openKeys(redis, settings.prefix);
  const producer = openProducer(settings);
  const { healthHost: host, healthPort: port } = settings;
  const opened = { redis, producer, keys, readiness };
  try {
    const pages = await startHealthServer({ host, port, readiness: readiness.current, metrics });
    const parts = { ...opened, pages };
    const gateway = await listen(createGateway({ ...parts, settings, log, metrics }), parts);
    const tls = settings.gatewayTlsCert !== '';
    log.info({ url: pages.url }, 'health.listening');
    log.info({ url: gateway.url, tls }, 'gateway.started');
    for (const warning of warningsOf(settings)) log.warn({ warning }, 'gateway.warning');
    return { url: gateway.url, healthUrl: pages.url, close: () => close(gateway, parts) };
  } catch (error) {
    await closeOpened(opened);
    throw error;
  }
}

async function listen(gateway: Gateway, { pages }: Parts): Promise<Gateway> {
  try {
    await gateway.listen();
    return gateway;
  } catch (error) {
    await Promise.all([gateway.close(), pages.close()]);
    throw error;
  }
}

/** The health pages answer to the last, red. */
async function close(gateway: Gateway, parts: Parts): Promise<void> {
  parts.readiness.stop();
  await gateway.close();
  await closeOpened(parts);
  await parts.pages.close();
}

async function closeOpened({ redis, producer, keys, readiness }: Omit<Parts, 'pages'>): Promise<void> {
  readiness.stop();
  await Promise.all([producer.close(), keys.close()]);
  disconnectSilently(redis);
}

function openRedis({ settings, log }: ServeOptions): RedisClient {
  const redis = openOperatorRedis(redisTargetOf(settings), redisTimeoutMs);
  const throttle = createErrorThrottle({ windowMs: floodWindowMs, now: () => performance.now() });
  redis.on('error', (error) => {
    const admitted = throttle.admit(error);
    if (admitted) log.error({ err: error, repeated: admitted.repeated }, 'redis.error');
  });
  return redis;
}

function openProducer(settings: Settings): Producer {
  const { accounts, prefix, idempotencyWindowMs, maxJobBytes, keepStatusMs, eventsShow, replicasToConfirm } =
    settings;
  return createProducer({
    ...redisOptionsOf(settings),
    replicasToConfirm,
    prefix,
    idempotencyWindowMs,
    maxJobBytes,
    keepStatusMs,
    eventsShow,
    redisTimeoutMs,
    accounts: Object.fromEntries([...accounts].map(([name, account]) => [name, producerAccount(account)])),
  });
}

/** What works but is probably not meant. */
function warningsOf({ gatewayHost, gatewayTlsCert, gatewayTrustedProxies }: Settings): readonly string[] {
  const isOpen = gatewayTlsCert === '' && gatewayTrustedProxies.length === 0 && !isLoopback(gatewayHost);
  return isOpen
    ? [
        'gatewayHost is reachable from elsewhere without TLS: keys and texts travel in clear text. Set gatewayTlsCert and gatewayTlsKey, or put a proxy with TLS in front and name it in gatewayTrustedProxies.',
      ]
    : [];
}
