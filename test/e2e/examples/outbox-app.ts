// An app that takes orders, in a process of its own, so that it can be killed. Of every four orders one fails after its SMS was
// put into the outbox, so that there never was one.
import { randomUUID } from 'node:crypto';
import { inTransaction, openPool, putSms } from '../../../examples/outbox/outbox.ts';

const pool = openPool(process.env['DATABASE_URL'] ?? '');

async function takeOrders(): Promise<never> {
  for (let n = 1; ; n += 1) {
    const order = randomUUID();
    const fails = n % 4 === 0;
    // A landline now and then: it can never be sent.
    const to = n % 50 === 0 ? '0212 123 45 67' : '0532 123 45 67';
    await inTransaction(pool, async (client) => {
      await client.query('INSERT INTO orders (id) VALUES ($1)', [order]);
      await putSms(client, { to, text: `Siparişiniz alındı: ${order}${fails ? ' rolled back' : ''}` });
      if (fails) throw new Error('the payment was refused');
    }).catch(() => {});
  }
}

console.log('taking orders');
await Promise.all([1, 2, 3].map(takeOrders));
