import { Inject, Injectable } from '@nestjs/common';
import type { Producer } from 'jetsms-producer';
import { PRODUCER } from './jetsms.module';

@Injectable()
export class OrdersService {
  readonly #producer: Producer;

  constructor(@Inject(PRODUCER) producer: Producer) {
    this.#producer = producer;
  }

  /** Tells a customer that the order is on its way; gives the message's id. Called twice, it texts once. */
  async shipped(order: string, phone: string): Promise<string> {
    const { id } = await this.#producer.send({
      to: phone,
      text: `Siparişiniz yola çıktı: ${order}`,
      idempotencyKey: `order-${order}-shipped`,
    });
    return id;
  }
}
