import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { StatusClass } from '../metrics/labels.ts';
import { operationOf } from './respond.ts';

export interface ObserveOptions {
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
}

/** Counts and logs each request by what it asked for: never its address, which can hold an idempotency key. */
export function observe(app: FastifyInstance, { log, metrics }: ObserveOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    const operation = operationOf(request);
    const { statusCode: status, elapsedTime: tookMs } = reply;
    metrics.gatewayRequest({ operation, status: classOf(status), tookMs });
    const level = status < 500 ? 'info' : 'warn';
    log[level](
      { operation, status, tookMs: Math.round(tookMs * 10) / 10, ...whoAndWhy(request) },
      'gateway.request',
    );
  });
}

function whoAndWhy({ grant, problemCode }: FastifyRequest) {
  return {
    ...(grant ? { key: maskedName(grant.name) } : {}),
    ...(problemCode === undefined ? {} : { code: problemCode }),
  };
}

/** Somebody may have named a key after a phone. */
export const maskedName = (name: string): string => name.replace(/\d{5,}/g, '*****');

const classes: Readonly<Record<string, StatusClass>> = { 2: '2xx', 3: '3xx', 4: '4xx' };

const classOf = (status: number): StatusClass => classes[String(status)[0] ?? ''] ?? '5xx';
