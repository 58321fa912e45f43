import { expect, it } from 'vitest';
import type { Producer } from '../../src/producer/index.ts';
import { createFakeProducer } from '../../src/testing/index.ts';

/** What your app does, with whatever producer it is given. */
async function tellShipped(producer: Producer, order: { id: number; phone: string }): Promise<string> {
  const { id } = await producer.send({
    to: order.phone,
    text: `Siparişiniz yola çıktı: ${order.id}`,
    idempotencyKey: `order-${order.id}-shipped`,
  });
  return id;
}

const order = { id: 1842, phone: '0532 123 45 67' };

it('tells the customer once, however often the job runs', async () => {
  const producer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
  await tellShipped(producer, order);
  await tellShipped(producer, order);
  expect(producer.sent()).toMatchObject([{ to: '905321234567', text: 'Siparişiniz yola çıktı: 1842' }]);
});

it('sends again when Redis was away, and texts nobody twice', async () => {
  const producer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
  producer.failNext('answer-lost'); // stored, but your app cannot know
  await expect(tellShipped(producer, order)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await tellShipped(producer, order);
  expect(producer.sent()).toHaveLength(1);
});

it('hears of a message that could not be delivered', async () => {
  const producer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
  const id = await tellShipped(producer, order);
  producer.deliver(id, 'failed');
  expect(await producer.status(id)).toMatchObject({ state: 'failed' });
  expect(producer.told().map(({ type, key }) => [type, key])).toEqual([
    ['message.accepted', 'order-1842-shipped'],
    ['message.failed', 'order-1842-shipped'],
  ]);
});
