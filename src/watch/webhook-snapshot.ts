import { openDeliveryQueue } from '../bullmq/webhook-queue.ts';
import type { WebhookSnapshot } from '../metrics/snapshot.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { WebhookEndpoint } from '../settings/settings.ts';
import { endedEndpoints } from '../webhooks/ended.ts';

export interface WebhookSnapshotOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly webhooks: readonly WebhookEndpoint[];
}

/** Reads the deliveries of all endpoints for a scrape: a few commands for each, whatever waits. */
export function createWebhookSnapshot({
  redis,
  prefix,
  webhooks,
}: WebhookSnapshotOptions): () => Promise<readonly WebhookSnapshot[]> {
  const ended = endedEndpoints(redis, prefix);
  const sources = webhooks.map((endpoint) => ({
    endpoint,
    queue: openDeliveryQueue({ redis, prefix, endpoint: endpoint.name }),
  }));
  return () =>
    Promise.all(
      sources.map(async ({ endpoint, queue }) => {
        const [counts, since] = await Promise.all([queue.counts(), ended.since(endpoint)]);
        return { endpoint: endpoint.name, ...counts, isEnded: since !== undefined };
      }),
    );
}
