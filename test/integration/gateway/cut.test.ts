import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { openGateway } from '../../support/gateway-world.ts';
import { startRedis } from '../../support/redis.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Asks for the nth message, under its own key, and gives its id; rejects for any other answer than 202. */
async function sendTo(port: number, n: number): Promise<string> {
  const response = await request(`http://127.0.0.1:${port}/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer full',
      'content-type': 'application/json',
      'idempotency-key': `order-${n}`,
    },
    body: JSON.stringify({ to: numberAt(n), text: 'Merhaba' }),
  });
  const { id }: { id?: unknown } = Object(await response.body.json());
  if (response.statusCode !== 202) throw new Error(`status ${response.statusCode}`);
  return String(id);
}

/** So many callers, each with one message after the other, each repeated until it is stored; the ids that they were told. */
async function sendAll(
  { messages, callers }: { readonly messages: number; readonly callers: number },
  send: (n: number) => Promise<string>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < messages) {
      const n = next;
      next += 1;
      ids.push(await waitFor(() => send(n), { limitMs: 60_000 }));
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return ids;
}

/** Each was accepted once, and no other. */
async function expectOnceEach({ simulator }: DeliveryWorld, messages: number): Promise<void> {
  const counts = (): readonly number[] => [...simulator.counts('to').values()];
  await waitFor(() => counts().length >= messages, { limitMs: 60_000, what: 'every message' });
  expect(counts().filter((count) => count !== 1)).toEqual([]);
}

it('delivers each message once, whatever requests are cut in the middle and sent again under their key', async () => {
  const messages = 10_000;
  await using delivery = await createDelivery({ account: { batchSize: 100 } });
  await using world = await openGateway({ prefix: delivery.prefix, accounts: delivery.settings.accounts });
  await using proxy = await startTcpProxy({ port: Number(new URL(world.url).port) });
  let answered = 0;
  let cuts = 0;
  const ids = await sendAll({ messages, callers: 50 }, async (n) => {
    const id = await sendTo(proxy.port, n);
    answered += 1;
    if (answered % 100 === 0) {
      cuts += 1;
      proxy.cut();
    }
    return id;
  });
  expect(new Set(ids).size).toBe(messages);
  expect(cuts).toBeGreaterThanOrEqual(messages / 100);
  await delivery.startWorker();
  await expectOnceEach(delivery, messages);
}, 120_000);

it('loses nothing that it has taken, and takes all in the end, though Redis is away for ten seconds', async () => {
  const messages = 2_000;
  await using redis = await startRedis({ aof: 'always' });
  await using delivery = await createDelivery({ account: { batchSize: 100 }, redisUrl: redis.url });
  const { prefix, settings } = delivery;
  const producer = { redisTimeoutMs: 1_000 };
  await using world = await openGateway({
    prefix,
    accounts: settings.accounts,
    redisUrl: redis.url,
    producer,
  });
  const port = Number(new URL(world.url).port);
  let answered = 0;
  let outage: Promise<void> | undefined;
  const beAway = async (): Promise<void> => {
    await redis.kill();
    await pause(10_000); // that long is the point
    await redis.restart();
  };
  const ids = await sendAll({ messages, callers: 20 }, async (n) => {
    const id = await sendTo(port, n);
    answered += 1;
    if (answered === messages / 2) outage = beAway();
    return id;
  });
  await outage;
  expect(new Set(ids).size).toBe(messages);
  await delivery.startWorker();
  await expectOnceEach(delivery, messages);
}, 120_000);
