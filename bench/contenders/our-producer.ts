import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProducerTask } from '../processes/producer.ts';
import { numberOf, type Sender } from './message.ts';

function* numbers(count: number): Generator<string> {
  for (let n = 0; n < count; n += 1) yield numberOf(n);
}

/** Ours with every default, from whichever checkout is measured. */
export async function openOurs({
  redisUrl,
  checkout,
  accounts = ['default'],
}: ProducerTask): Promise<Sender> {
  const file = pathToFileURL(join(checkout, 'src', 'producer', 'index.ts')).href;
  const { createProducer }: typeof import('../../src/producer/index.ts') = await import(file);
  const producer = createProducer({
    redis: redisUrl,
    accounts: Object.fromEntries(accounts.map((account) => [account, { title: 'BENCH' }])),
  });
  let turn = 0;
  const nextAccount = (): string => accounts[turn++ % accounts.length] ?? 'default';
  return {
    send: (message) => producer.send({ ...message, account: nextAccount() }),
    campaign: (recipients) =>
      producer.sendMany(numbers(recipients), { campaign: 'bench', text: 'İndirim başladı' }),
    close: () => producer.close(),
  };
}
