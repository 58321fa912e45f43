import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { installationPrefix, keys } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { GatewayError } from './errors.ts';
import { grantOf } from './respond.ts';

export interface RateOptions {
  /** One that fails fast. */
  readonly redis: RedisClient;
  readonly prefix: string;
}

/**
 * Holds each API key to its requests in a second, over all gateways. A key without a rate costs no question. While Redis is away
 * nobody is held back: nothing can be stored either. To be registered behind the guard.
 */
export async function limitRates(app: FastifyInstance, { redis, prefix }: RateOptions): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    hook: 'onRequest',
    redis,
    nameSpace: keys.gatewayRate(installationPrefix(redis, prefix), ''),
    skipOnError: true,
    timeWindow: 1_000,
    keyGenerator: (request) => grantOf(request).id,
    allowList: (request) => request.grant?.ratePerSecond === undefined,
    max: (request) => grantOf(request).ratePerSecond ?? Number.MAX_SAFE_INTEGER,
    errorResponseBuilder: () => new GatewayError('RATE_EXCEEDED'),
  });
}
