// An app that calls messages off, in a process of its own, so that it can be killed. It reads what to cancel from standard input,
// and says of each answer what it was told.
import { text } from 'node:stream/consumers';
import { createProducer } from '../../src/producer/index.ts';

interface CancelOrder {
  readonly redis: string;
  readonly prefix: string;
  readonly account: string;
  readonly ids: readonly string[];
}

const { redis, prefix, account, ids } = JSON.parse(await text(process.stdin)) as CancelOrder;
await using producer = createProducer({ redis, prefix, accounts: { [account]: { title: 'ACME' } } });
await Promise.all(
  ids.map(async (id) => {
    const result = await producer.cancel(id);
    console.log(JSON.stringify({ id, result }));
  }),
);
