import {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type GatewaySettings,
} from '../../src/gateway/gateway.ts';
import type { ApiKeys, KeyGrant } from '../../src/gateway/keys/grant.ts';
import { createProducer, type Producer, type ProducerOptions } from '../../src/producer/index.ts';
import { openOperatorRedis } from '../../src/queue/redis.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { accountSettings } from './account-settings.ts';
import { freshPrefix, sharedRedisUrl } from './redis.ts';

/** A key that may do everything. */
export const fullGrant: KeyGrant = { id: 'k1', name: 'shop', rights: ['send', 'read', 'cancel'] };

export interface GatewayChoice {
  readonly redisUrl?: string;
  readonly prefix?: string;
  /** By the keys that are presented; `full` may do everything. */
  readonly grants?: Readonly<Record<string, KeyGrant>>;
  /** Real keys, in place of `grants`. Closed with the gateway's world. */
  readonly keys?: ApiKeys;
  readonly accounts?: GatewaySettings['accounts'];
  readonly settings?: Partial<GatewaySettings>;
  readonly options?: Partial<GatewayOptions>;
  readonly producer?: Partial<ProducerOptions>;
}

/** An answer, its body read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what came over the wire
  readonly body: any;
}

/** A gateway on a port of its own, with a producer beside it on the same Redis. */
export interface GatewayWorld extends AsyncDisposable {
  readonly prefix: string;
  readonly url: string;
  readonly gateway: Gateway;
  readonly producer: Producer;
  /** Asks the gateway; a body that is no text goes as JSON. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
}

const account = accountSettings({ url: 'http://127.0.0.1:1/' });

/** Two accounts, the default one first. */
export const twoAccounts: GatewaySettings['accounts'] = new Map([
  ['acme', account],
  ['shop', { ...account, name: 'shop' }],
]);

export async function openGateway(choice: GatewayChoice = {}): Promise<GatewayWorld> {
  const { redisUrl = sharedRedisUrl(), prefix = freshPrefix(), accounts = twoAccounts } = choice;
  const grants: Readonly<Record<string, KeyGrant>> = { full: fullGrant, ...choice.grants };
  const keys: ApiKeys = choice.keys ?? {
    verify: async (presented) => (Object.hasOwn(grants, presented) ? grants[presented] : undefined),
    close: async () => {},
  };
  const redis = openOperatorRedis(redisUrl, 1_000);
  redis.on('error', () => {});
  const named = { redis: redisUrl, prefix, accounts: Object.fromEntries(accounts) };
  const producer = createProducer(named);
  const own = createProducer({ ...named, ...choice.producer });
  const settings = { ...parseSettings({ env: {} }), prefix, accounts, gatewayPort: 0, ...choice.settings };
  const gateway = createGateway({ settings, producer: own, keys, redis, ...choice.options });
  await gateway.listen();
  const { url } = gateway;
  return {
    prefix,
    url,
    gateway,
    producer,
    ask: (method, path, body, headers = {}) => ask(`${url}${path}`, method, body, headers),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([own.close(), producer.close(), keys.close()]);
      redis.disconnect();
    },
  };
}

async function ask(
  url: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answered> {
  const isJson = body !== undefined && typeof body !== 'string';
  const response = await fetch(url, {
    method,
    headers: {
      authorization: 'Bearer full',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
  });
  const text = await response.text();
  const isParsed = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isParsed ? JSON.parse(text) : text };
}
