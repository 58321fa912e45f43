import { Test } from '@nestjs/testing';
import { PRODUCER } from './jetsms.module';
import { OrdersService } from './orders.service';

describe('OrdersService', () => {
  it('texts the customer once for each order', async () => {
    const send = jest.fn().mockResolvedValue({ id: 'm1' });
    const module = await Test.createTestingModule({
      providers: [OrdersService, { provide: PRODUCER, useValue: { send } }],
    }).compile();
    const orders = module.get(OrdersService);

    expect(await orders.shipped('1842', '0532 123 45 67')).toBe('m1');
    expect(send).toHaveBeenCalledWith({
      to: '0532 123 45 67',
      text: 'Siparişiniz yola çıktı: 1842',
      idempotencyKey: 'order-1842-shipped',
    });
  });
});
