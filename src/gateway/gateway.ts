import type { FastifyInstance } from 'fastify';
import { type Logger, silentLogger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Producer } from '../producer/calls.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { rulesOf } from '../settings/account-rules.ts';
import type { Settings } from '../settings/settings.ts';
import { createApp } from './app.ts';
import type { ApiKeys } from './keys/grant.ts';
import { type UnaskedConnections, watchUnasked } from './unasked.ts';

/** The settings that the gateway needs. */
export type GatewaySettings = Pick<
  Settings,
  | 'accounts'
  | 'prefix'
  | 'gatewayHost'
  | 'gatewayPort'
  | 'gatewayTlsCert'
  | 'gatewayTlsKey'
  | 'gatewayTrustedProxies'
  | 'gatewayMaxBodyBytes'
  | 'idempotencyWindowMs'
>;

export interface GatewayOptions {
  readonly settings: GatewaySettings;
  /** Takes the messages; stays open. By the rules of the same accounts. */
  readonly producer: Producer;
  /** Whom to let in; stays open. */
  readonly keys: ApiKeys;
  /** For rates, holds and credit; stays open. One that fails fast (`openOperatorRedis`). */
  readonly redis: RedisClient;
  /** Default: nothing is written. */
  readonly log?: Logger;
  /** Default: nothing is counted. */
  readonly metrics?: GatewayMetrics;
}

/** The HTTP gateway: what a producer can do, for apps in any language. */
export interface Gateway extends AsyncDisposable {
  /**
   * Begins to serve. Redis need not be there: until it is, requests are answered with 503.
   * @throws Error with code `EADDRINUSE` and the like where the address cannot be taken
   */
  listen(): Promise<void>;
  /** Where it is served; only after `listen()`. */
  readonly url: string;
  /** Takes nothing new, and resolves when what it had taken is answered. */
  close(): Promise<void>;
}

const nothingCounted: GatewayMetrics = {
  gatewayRequest: () => {},
  gatewayMessages: () => {},
  gatewayKeyRefused: () => {},
};

/** Builds the gateway; nothing happens before `listen()`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { settings, producer, keys, redis, log = silentLogger(), metrics = nothingCounted } = options;
  const { gatewayTlsCert: cert, gatewayTlsKey: key } = settings;
  let app: FastifyInstance | undefined;
  let unasked: UnaskedConnections | undefined;
  let isStopping = false;
  let url = '';
  const close = async (): Promise<void> => {
    isStopping = true;
    unasked?.end();
    await app?.close();
  };
  return {
    async listen() {
      app = await createApp({
        producer,
        keys,
        redis,
        log,
        metrics,
        prefix: settings.prefix,
        idempotencyWindowMs: settings.idempotencyWindowMs,
        accounts: new Map([...settings.accounts].map(([name, account]) => [name, rulesOf(account)])),
        trustedProxies: settings.gatewayTrustedProxies,
        maxBodyBytes: settings.gatewayMaxBodyBytes,
        ...(cert === '' ? {} : { tls: { cert, key } }),
        isStopping: () => isStopping,
      });
      unasked = watchUnasked(app.server);
      url = await app.listen({ host: settings.gatewayHost, port: settings.gatewayPort });
    },
    get url() {
      return url;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
