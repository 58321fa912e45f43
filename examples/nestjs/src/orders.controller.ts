import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { OrdersService } from './orders.service';

@Controller('orders')
export class OrdersController {
  readonly #orders: OrdersService;

  constructor(orders: OrdersService) {
    this.#orders = orders;
  }

  @Post(':order/shipped')
  @HttpCode(202)
  async shipped(@Param('order') order: string, @Body('phone') phone: string): Promise<{ id: string }> {
    return { id: await this.#orders.shipped(order, phone) };
  }
}
