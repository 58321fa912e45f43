import { createErrorThrottle } from '../log/error-throttle.ts';
import type { Logger } from '../log/logger.ts';
import { openOperatorRedis } from '../queue/redis.ts';
import { redisTargetOf } from '../settings/redis-target.ts';
import type { Settings } from '../settings/settings.ts';
import { createDashboard } from './dashboard.ts';

/** A dashboard with a connection to Redis of its own. */
export interface ServedDashboard {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Read with the needs `redis` and `dashboard`. */
  readonly settings: Settings;
  readonly log: Logger;
}

/** A page waits no longer for Redis. */
const commandTimeoutMs = 5_000;

/** Redis errors come by the thousand; a line in so many milliseconds says enough. */
const floodWindowMs = 10_000;

/**
 * Connects to Redis and serves the dashboard of the settings.
 *
 * @throws DashboardError `REDIS_UNAVAILABLE`, `REDIS_REFUSED`, `DASHBOARD_UNPROTECTED`; Error with code `EADDRINUSE` and the like
 */
export async function serveDashboard({ settings, log }: ServeOptions): Promise<ServedDashboard> {
  const redis = openOperatorRedis(redisTargetOf(settings), commandTimeoutMs);
  const throttle = createErrorThrottle({ windowMs: floodWindowMs, now: () => performance.now() });
  redis.on('error', (error) => {
    const admitted = throttle.admit(error);
    if (admitted) log.error({ err: error, repeated: admitted.repeated }, 'redis.error');
  });
  try {
    const dashboard = createDashboard({ settings, redis, log });
    await dashboard.listen();
    const { dashboardWritable: writable, dashboardUsername } = settings;
    log.info({ url: dashboard.url, writable, login: dashboardUsername !== '' }, 'dashboard.started');
    return {
      url: dashboard.url,
      async close() {
        await dashboard.close();
        redis.disconnect();
      },
    };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
