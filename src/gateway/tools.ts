import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { GatewayResult } from '../metrics/labels.ts';
import type { Producer } from '../producer/calls.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { SendTools, Sent } from './send.ts';

/** What the routes work with. */
export interface RouteTools extends SendTools {
  readonly producer: Producer;
  /** For what the producer does not know: holds and credit. One that fails fast. */
  readonly redis: RedisClient;
  readonly prefix: string;
  /** How long an idempotency key is remembered. */
  readonly idempotencyWindowMs: number;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
}

/** How a message is counted: what was not stored, for what it is or for want of something of ours. */
export function resultOf(sent: Sent): GatewayResult {
  if ('receipt' in sent) return sent.receipt.duplicate ? 'replayed' : 'stored';
  return sent.refusal.status < 500 ? 'refused' : 'failed';
}
