import { openWorkerRedis } from '../queue/redis.ts';
import { redisTargetOf } from '../settings/redis-target.ts';
import type { Settings } from '../settings/settings.ts';
import { startEndpoint } from './endpoint.ts';
import type { WebhookTelemetry } from './telemetry.ts';

/** The webhooks of a process. */
export interface Webhooks {
  /** Ends reading, waits for the deliveries under way, and closes the connection. May wait for as long as Redis is away. */
  close(): Promise<void>;
}

export interface WebhooksOptions {
  readonly settings: Settings;
  readonly telemetry: WebhookTelemetry;
  /** Epoch milliseconds by Redis' clock. */
  readonly now: () => number;
  /** 0 ≤ random < 1 */
  readonly random?: () => number;
}

/**
 * Delivers events to every endpoint of the settings, from now on, on a connection of its own. Any number of processes may do so at a
 * time. Each endpoint has a queue, connections and hands of its own: one that is slow or away slows no other, and no message.
 */
export function startWebhooks({ settings, telemetry, now, random = Math.random }: WebhooksOptions): Webhooks {
  const redis = openWorkerRedis(redisTargetOf(settings));
  redis.on('error', telemetry.redis);
  const running = settings.webhooks.map((endpoint) =>
    startEndpoint({ settings, endpoint, redis, telemetry, now, random }),
  );
  return {
    async close() {
      await Promise.all(running.map((endpoint) => endpoint.close()));
      redis.disconnect();
    },
  };
}
