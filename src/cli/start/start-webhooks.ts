import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Webhooks } from '../../webhooks/webhooks.ts';

/** What the webhooks of a process need of it. */
export interface WebhookParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly worker: { readonly now: () => number };
}

/** The webhooks of this process, where the settings name endpoints. */
export async function startWebhooks({
  settings,
  log,
  metrics,
  worker,
}: WebhookParts): Promise<Webhooks | undefined> {
  if (settings.webhooks.length === 0) return undefined;
  const webhooks = await import('../../webhooks/webhooks.ts');
  const { createWebhookTelemetry } = await import('../../webhooks/report.ts');
  const telemetry = createWebhookTelemetry({ log, count: metrics.webhookTry });
  return webhooks.startWebhooks({ settings, telemetry, now: worker.now });
}
