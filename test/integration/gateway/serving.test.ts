import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { holdAccount } from '../../../src/operator/index.ts';
import { ProducerError } from '../../../src/producer/errors.ts';
import { openOperatorRedis } from '../../../src/queue/redis.ts';
import { createCreditStore } from '../../../src/worker/account/credit/credit-store.ts';
import { createDelivery, numberAt } from '../../support/delivery.ts';
import { fullGrant, openGateway } from '../../support/gateway-world.ts';
import { expectDocumented, recordLog } from '../../support/log-lines.ts';
import { sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { waitFor } from '../../support/wait-for.ts';

const message = { to: '0532 123 45 67', text: 'Siparişiniz yola çıktı.' };

describe('facts', () => {
  it('are told: codes, parts, and accounts with their hold and their credit', async () => {
    await using world = await openGateway();
    const redis = openOperatorRedis(sharedRedisUrl(), 1_000);
    const place = { prefix: world.prefix, account: 'acme' };
    await once(redis, 'ready');
    expect((await world.ask('GET', '/v1/accounts/acme')).body).toEqual({
      account: 'acme',
      hold: null,
      credit: null,
    });
    await holdAccount(redis, { ...place, by: 'ali', note: 'call 0532' });
    const waiting = { jobs: 0, messages: 0, parts: 0, isEstimate: false };
    await createCreditStore(redis, place).write(
      { at: 1, credit: 500, waiting, forecast: { coversWaiting: true } },
      60_000,
    );
    redis.disconnect();
    const { body } = await world.ask('GET', '/v1/accounts/acme');
    expect(body).toMatchObject({
      hold: { reason: 'operator', mode: 'stopped' },
      credit: { left: 500, at: 1 },
    });
    expect(JSON.stringify(body)).not.toMatch(/ali|0532/);
    expect(await world.ask('GET', '/v1/accounts/nope')).toMatchObject({
      status: 404,
      body: { code: 'ACCOUNT_UNKNOWN' },
    });
    expect((await world.ask('GET', '/v1/codes')).body.map(({ code }: { code: string }) => code)).toContain(
      '11',
    );
    expect((await world.ask('POST', '/v1/parts', { text: 'ş'.repeat(161) })).body).toMatchObject({
      parts: 2,
    });
    expect(await world.ask('POST', '/v1/parts', { text: 'x', model: 'best' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/model' }] },
    });
  });

  it('are open to all where they are documents: OpenAPI, its page, the words of codes', async () => {
    await using world = await openGateway();
    const nobody = { authorization: '' };
    const { body: document } = await world.ask('GET', '/openapi.json', undefined, nobody);
    expect(document.openapi).toBe('3.1.0');
    const page = await world.ask('GET', '/docs', undefined, nobody);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.body).toContain('sendMessage');
    const words = await world.ask('GET', '/problems/NUMBER_INVALID', undefined, {
      ...nobody,
      'accept-language': 'tr',
    });
    expect(words.body).toMatchObject({ code: 'NUMBER_INVALID', meaning: 'Böyle bir numara olamaz.' });
    for (const path of [
      '/problems/toString',
      '/',
      '/v1',
      '/v1/messages/x/y',
      '/v1/%zz',
      `/v1/messages/${'x'.repeat(500)}`,
    ])
      expect(await world.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'ROUTE_UNKNOWN' } });
  });

  it('are the same document that is committed', async () => {
    await using world = await openGateway();
    const { default: committed } = await import('../../../docs/openapi.json', { with: { type: 'json' } });
    expect((await world.ask('GET', '/openapi.json')).body).toEqual(committed);
  });
});

describe('the way of a message', () => {
  it('leads from the gateway through a worker to JetSMS', async () => {
    await using delivery = await createDelivery();
    await using world = await openGateway({ prefix: delivery.prefix, accounts: delivery.settings.accounts });
    await delivery.startWorker();
    const { body: sent } = await world.ask('POST', '/v1/messages', message);
    await delivery.end(sent.id);
    expect((await world.ask('GET', `/v1/messages/${sent.id}`)).body).toMatchObject({ state: 'accepted' });
    expect(await world.ask('DELETE', `/v1/messages/${sent.id}`)).toMatchObject({
      status: 409,
      body: { code: 'MESSAGE_TOO_LATE' },
    });
  });
});

describe('keys', () => {
  it('that are wrong are counted and logged with their address, and after many are told to wait', async () => {
    const recorded = recordLog();
    const metrics = createMetrics({ version: '1', accounts: [] });
    await using world = await openGateway({ options: { log: recorded.log, metrics } });
    const wrong = { authorization: 'Bearer wrong-secret' };
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1)
      statuses.push((await world.ask('GET', '/v1/codes', undefined, wrong)).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
    expect((await world.ask('GET', '/v1/codes')).status).toBe(200);
    expect(await metrics.render()).toContain('jetsms_gateway_keys_refused_total 21');
    expect(recorded.lines.find(({ msg }) => msg === 'gateway.key-refused')).toMatchObject({
      address: '127.0.0.1',
    });
    expect(recorded.text()).not.toContain('wrong-secret');
  });

  it('are held to their rate over all gateways, and those without one ask nothing of Redis', async () => {
    const grants = { slow: { ...fullGrant, id: 'slow', ratePerSecond: 5 } };
    await using one = await openGateway({ grants });
    await using other = await openGateway({ grants, prefix: one.prefix });
    const slow = { authorization: 'Bearer slow' };
    for (const { ask } of [one, other])
      await waitFor(async () => (await ask('GET', '/v1/accounts/acme')).status === 200);
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).ask('GET', '/v1/codes', undefined, slow)),
    );
    const refused = codes.filter(({ status }) => status === 429);
    // A second may end in between.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ body: { code: 'RATE_EXCEEDED' } });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    const free = await Promise.all(Array.from({ length: 20 }, () => one.ask('GET', '/v1/codes')));
    expect(free.every(({ status }) => status === 200)).toBe(true);
  });

  it('give the address that a trusted proxy tells', async () => {
    const recorded = recordLog();
    await using world = await openGateway({
      options: { log: recorded.log },
      settings: { gatewayTrustedProxies: ['127.0.0.1'] },
    });
    await world.ask('GET', '/v1/codes', undefined, {
      authorization: 'Bearer x',
      'x-forwarded-for': '203.0.113.9',
    });
    expect(recorded.lines.find(({ msg }) => msg === 'gateway.key-refused')).toMatchObject({
      address: '203.0.113.9',
    });
  });
});

describe('what is logged and counted', () => {
  it('names operation, status and key, and holds no number, text, id or idempotency key', async () => {
    const recorded = recordLog();
    const metrics = createMetrics({ version: '1', accounts: [] });
    await using world = await openGateway({ options: { log: recorded.log, metrics } });
    const { body } = await world.ask('POST', '/v1/messages', message, {
      'idempotency-key': 'order-905321234567',
    });
    await world.ask('GET', '/v1/messages?idempotency_key=order-905321234567');
    await world.ask('GET', `/v1/messages/${body.id}`);
    await world.ask('POST', '/v1/messages', { ...message, to: '05321234567x' });
    await world.ask('POST', '/v1/messages/batch', { messages: [message, {}] });
    const requests = recorded.lines.filter(({ msg }) => msg === 'gateway.request');
    expect(requests).toMatchObject([
      { operation: 'sendMessage', status: 202, key: 'shop' },
      { operation: 'findMessage', status: 200 },
      { operation: 'getMessage', status: 200 },
      { operation: 'sendMessage', status: 422, code: 'NUMBER_INVALID' },
      { operation: 'sendBatch', status: 207 },
    ]);
    for (const line of recorded.lines) expectDocumented(line);
    expect(recorded.text()).not.toMatch(/532|order-|Sipari/);
    expect(recorded.text()).not.toContain(body.id);
    const counts = await metrics.render();
    expect(counts).toContain('jetsms_gateway_requests_total{operation="sendMessage",status="2xx"} 1');
    expect(counts).toContain('jetsms_gateway_messages_total{result="stored"} 2');
    expect(counts).toContain('jetsms_gateway_messages_total{result="refused"} 2');
  });

  it('allows no page of another origin to call it', async () => {
    await using world = await openGateway();
    const origin = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await world.ask('OPTIONS', '/v1/messages', undefined, origin);
    expect(preflight.status).toBe(404);
    const { headers } = await world.ask('POST', '/v1/messages', message, origin);
    for (const answer of [preflight.headers, headers])
      expect([...answer.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('while Redis is away', () => {
  it('answers 503 that nothing was stored, or that it may be, and goes on when it is back', async () => {
    await using redis = await startRedis({ aof: 'always' });
    await using world = await openGateway({ redisUrl: redis.url, producer: { redisTimeoutMs: 300 } });
    const key = { 'idempotency-key': 'order-1' };
    expect((await world.ask('POST', '/v1/messages', message)).status).toBe(202);
    redis.freeze();
    const doubtful = await world.ask('POST', '/v1/messages', message, key);
    expect(doubtful).toMatchObject({ status: 503, body: { code: 'REDIS_UNAVAILABLE', mayBeStored: true } });
    expect(doubtful.body.messageId).toMatch(/^m/);
    expect(doubtful.headers.get('retry-after')).toBe('1');
    redis.thaw();
    await redis.kill();
    const certain = await world.ask('POST', '/v1/messages', message);
    expect(certain).toMatchObject({ status: 503, body: { code: 'REDIS_UNAVAILABLE', mayBeStored: false } });
    expect((await world.ask('GET', '/v1/accounts/acme')).status).toBe(503);
    await redis.restart();
    const again = await waitFor(async () => {
      const answer = await world.ask('POST', '/v1/messages', message, key);
      return answer.status === 202 && answer;
    });
    expect(again.body.id).toMatch(/^m/);
  });

  it('says rightly whether a change, or a part of a list, may be done', async () => {
    await using redis = await startRedis();
    await using world = await openGateway({ redisUrl: redis.url, producer: { redisTimeoutMs: 300 } });
    await world.producer.sendMany(['0532 123 45 67'], { campaign: 'autumn', text: 'Merhaba' });
    await world.ask('GET', '/v1/campaigns/autumn');
    redis.freeze();
    const batch = await world.ask('POST', '/v1/messages/batch', { messages: [message] });
    const change = await world.ask('PATCH', '/v1/campaigns/autumn', { state: 'cancelled' });
    const type = { 'content-type': 'application/x-ndjson', 'campaign-text': 'Merhaba' };
    const list = await world.ask('POST', '/v1/campaigns?campaign=winter', '"0532 123 45 67"\n', type);
    redis.thaw();
    expect(batch.body).toMatchObject({ stored: 0, refused: 0, uncertain: 1 });
    expect(change).toMatchObject({ status: 503, body: { mayBeStored: true } });
    // It was asked whether the list had been sent before, and nothing more.
    expect(list).toMatchObject({ status: 503, body: { mayBeStored: false } });
  });

  it('answers 503 where nobody can say whether a key is right', async () => {
    const errors = [
      new ProducerError('REDIS_UNAVAILABLE'),
      new ProducerError('REDIS_REFUSED', { reason: 'NOPERM' }),
      new Error('a bug'),
    ];
    const keys = { verify: () => Promise.reject(errors.shift()), close: async () => {} };
    await using world = await openGateway({ options: { keys } });
    const body = { code: 'REDIS_UNAVAILABLE', mayBeStored: false };
    expect(await world.ask('POST', '/v1/messages', message)).toMatchObject({ status: 503, body });
    const refused = { code: 'REDIS_REFUSED', reason: 'NOPERM' };
    expect(await world.ask('POST', '/v1/messages', message)).toMatchObject({ status: 503, body: refused });
    expect(await world.ask('POST', '/v1/messages', message)).toMatchObject({ status: 500 });
  });
});

describe('a stop', () => {
  it('answers what was taken, and takes nothing new', async () => {
    await using redis = await startRedis();
    let letIn = 0;
    const keys = {
      async verify() {
        letIn += 1;
        return fullGrant;
      },
      close: async () => {},
    };
    const producer = { redisTimeoutMs: 20_000 };
    await using world = await openGateway({ redisUrl: redis.url, producer, options: { keys } });
    await world.ask('POST', '/v1/messages', message);
    redis.freeze();
    const underWay = Array.from({ length: 20 }, (_, n) =>
      world.ask('POST', '/v1/messages', { ...message, to: numberAt(n) }),
    );
    await waitFor(() => letIn === 21);
    const closed = world.gateway.close();
    redis.thaw();
    const statuses = (await Promise.all(underWay)).map(({ status }) => status);
    expect(statuses.every((status) => status === 202)).toBe(true);
    await closed;
    await expect(world.ask('GET', '/v1/codes')).rejects.toThrow();
  });

  it('finishes a request whose body comes after it has begun', async () => {
    await using world = await openGateway();
    const slow = httpRequest(`${world.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer full', 'content-type': 'application/json', expect: '100-continue' },
    });
    slow.flushHeaders();
    await once(slow, 'continue');
    const closed = world.gateway.close();
    slow.end(JSON.stringify(message));
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(202);
    response.resume();
    await closed;
  });
});

describe('TLS', () => {
  it('is spoken with a certificate of the settings', async () => {
    const { cert, key } = selfSigned('gateway.example');
    await using world = await openGateway({ settings: { gatewayTlsCert: cert, gatewayTlsKey: key } });
    expect(world.url).toMatch(/^https:/);
    const asked = httpsRequest(`${world.url}/v1/codes`, {
      rejectUnauthorized: false,
      headers: { authorization: 'Bearer full' },
    });
    asked.end();
    const [response] = await once(asked, 'response');
    expect(response.statusCode).toBe(200);
    response.destroy();
  });

  it('of a connection that asks nothing does not hold up a stop, and a request under way is answered', async () => {
    const { cert, key } = selfSigned('gateway.example');
    await using world = await openGateway({ settings: { gatewayTlsCert: cert, gatewayTlsKey: key } });
    const { hostname, port } = new URL(world.url);
    const silent = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false });
    await once(silent, 'secureConnect');
    const gone = once(silent, 'close');
    silent.on('error', () => {}).resume();
    const slow = httpsRequest(`${world.url}/v1/messages`, {
      method: 'POST',
      rejectUnauthorized: false,
      headers: { authorization: 'Bearer full', 'content-type': 'application/json', expect: '100-continue' },
    });
    slow.flushHeaders();
    await once(slow, 'continue');
    const closed = world.gateway.close();
    await gone;
    slow.end(JSON.stringify(message));
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(202);
    response.resume();
    await closed;
  });
});
