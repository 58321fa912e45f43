// A backend app in a process of its own, so that it can be killed. It reads a `Plan` from standard input, sends at once
// what comes at once, and says of each send that has resolved what it was told.
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { openProducer, surely } from './load.ts';
import type { Burst, Order, Plan, Said } from './producers.ts';

const { bursts, ...options } = JSON.parse(await text(process.stdin)) as Plan;
await using producer = openProducer(options);
await Promise.all(bursts.map(sendBurst));

async function sendBurst({ at, orders }: Burst): Promise<void> {
  await pause(Math.max(0, at - Date.now()));
  say({ begun: orders.length });
  await Promise.all(orders.map(send));
}

async function send(order: Order): Promise<void> {
  const { id, duplicate } = await surely(() => producer.send({ ...order, idempotencyKey: order.text }));
  say({ key: order.text, id, duplicate });
}

function say(said: Said): void {
  console.log(JSON.stringify(said));
}
