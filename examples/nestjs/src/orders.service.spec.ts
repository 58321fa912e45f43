import { Test } from '@nestjs/testing';
import { createFakeProducer, type FakeProducer } from 'jetsms-producer/testing';
import { PRODUCER } from './jetsms.module';
import { OrdersService } from './orders.service';

describe('OrdersService', () => {
  let producer: FakeProducer;
  let orders: OrdersService;
  beforeEach(async () => {
    producer = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
    const module = await Test.createTestingModule({
      providers: [OrdersService, { provide: PRODUCER, useValue: producer }],
    }).compile();
    orders = module.get(OrdersService);
  });

  it('texts the customer once for each order', async () => {
    const id = await orders.shipped('1842', '0532 123 45 67');
    expect(await orders.shipped('1842', '0532 123 45 67')).toBe(id);
    expect(producer.sent()).toMatchObject([{ id, to: '905321234567', text: 'Siparişiniz yola çıktı: 1842' }]);
  });

  it('may be called again where Redis gave no answer', async () => {
    producer.failNext('answer-lost'); // stored, but the service cannot know
    await expect(orders.shipped('1842', '0532 123 45 67')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
    });
    await orders.shipped('1842', '0532 123 45 67');
    expect(producer.sent()).toHaveLength(1);
  });
});
