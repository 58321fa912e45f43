import { Test } from '@nestjs/testing';
import type { Producer } from 'jetsms-producer';
import { AppModule } from './app.module';
import { PRODUCER } from './jetsms.module';
import { OrdersService } from './orders.service';

// Against a real Redis, at REDIS_URL.
describe('the app', () => {
  it('enqueues an order only once, and closes its producer with itself', async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = await module.createNestApplication().init();
    const producer = app.get<Producer>(PRODUCER);
    const orders = app.get(OrdersService);

    const id = await orders.shipped('1842', '0532 123 45 67');
    expect(await orders.shipped('1842', '0532 123 45 67')).toBe(id);
    expect(await producer.status(id)).toMatchObject({ id, state: 'waiting' });

    await app.close();
    await expect(orders.shipped('1843', '0532 123 45 67')).rejects.toMatchObject({ code: 'PRODUCER_CLOSED' });
  });
});
