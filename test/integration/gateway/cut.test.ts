import { request } from 'undici';
import { expect, it } from 'vitest';
import { createDelivery, numberAt } from '../../support/delivery.ts';
import { openGateway } from '../../support/gateway-world.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

const messages = 2_000;
const callers = 50;

it('delivers each message once, whatever requests are cut in the middle and sent again under their key', async () => {
  await using delivery = await createDelivery({ account: { batchSize: 100 } });
  await using world = await openGateway({ prefix: delivery.prefix, accounts: delivery.settings.accounts });
  await using proxy = await startTcpProxy({ port: Number(new URL(world.url).port) });
  let answered = 0;
  let cuts = 0;
  const send = async (n: number): Promise<string> => {
    const response = await request(`http://127.0.0.1:${proxy.port}/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer full',
        'content-type': 'application/json',
        'idempotency-key': `order-${n}`,
      },
      body: JSON.stringify({ to: numberAt(n), text: 'Merhaba' }),
    });
    const { id }: { id?: unknown } = Object(await response.body.json());
    if (response.statusCode !== 202) throw new Error(`status ${response.statusCode}`);
    answered += 1;
    if (answered % 100 === 0) {
      cuts += 1;
      proxy.cut();
    }
    return String(id);
  };
  const ids: string[] = [];
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < messages) {
      const n = next;
      next += 1;
      ids.push(await waitFor(() => send(n), { limitMs: 20_000 }));
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  expect(new Set(ids).size).toBe(messages);
  expect(cuts).toBeGreaterThanOrEqual(messages / 100);
  await delivery.startWorker();
  const counts = (): readonly number[] => [...delivery.simulator.counts('to').values()];
  await waitFor(() => counts().length >= messages, { limitMs: 20_000, what: 'every message' });
  expect(counts().filter((count) => count !== 1)).toEqual([]);
});
