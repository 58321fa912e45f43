import { createErrorThrottle } from '../log/error-throttle.ts';
import type { Logger } from '../log/logger.ts';
import type { TryReport, WebhookTelemetry } from './telemetry.ts';

type Result = 'delivered' | 'failed' | 'dead';

export interface WebhookReportOptions {
  readonly log: Logger;
  readonly count: (facts: { readonly endpoint: string; readonly result: Result }) => void;
}

/** The same trouble with Redis has one line in so long. */
const sameErrorMs = 10_000;

/** The log lines and metrics of webhooks. */
export function createWebhookTelemetry({ log, count }: WebhookReportOptions): WebhookTelemetry {
  const throttle = createErrorThrottle({ windowMs: sameErrorMs, now: Date.now });
  const told = ({ endpoint }: TryReport, result: Result): void => count({ endpoint, result });
  return {
    delivered(report) {
      told(report, 'delivered');
      log.debug(report, 'webhook.delivered');
    },
    failed(report) {
      told(report, 'failed');
      log.warn(report, 'webhook.failed');
    },
    dead(report) {
      told(report, 'dead');
      log.error(report, 'webhook.dead');
    },
    ended: (endpoint) => log.error({ endpoint }, 'webhook.ended'),
    resumed: (endpoint) => log.info({ endpoint }, 'webhook.resumed'),
    problem(endpoint, { kind: problem, ...facts }) {
      // The connection itself tells of Redis.
      if (problem !== 'redis') log.warn({ endpoint, problem, ...facts }, 'webhook.events');
    },
    redis(thrown) {
      const error = thrown instanceof Error ? thrown : new Error('something that is no error was thrown');
      const admitted = throttle.admit(error);
      if (admitted) log.error({ err: error, ...admitted }, 'webhook.redis');
    },
  };
}
