import { expect, it } from 'vitest';
import { createSender } from '../../../src/webhooks/sender.ts';
import { refusing, startConnectProxy } from '../../support/connect-proxy.ts';
import { httpReply, rawServer } from '../../support/raw-server.ts';
import { webhookSecret } from '../../support/webhook-receiver.ts';

it('a webhook goes through the proxy of its endpoint, and a proxy that refuses leaves it untaken', async () => {
  await using proxy = await startConnectProxy();
  await using server = await rawServer((socket) => socket.write(httpReply(204, '')));
  const endpoint = { url: server.url, secret: [webhookSecret(1)], proxyUrl: proxy.url };
  const sender = createSender({ endpoint, connections: 1, timeoutMs: 2_000 });
  const content = { id: 'evt_1', at: Date.now(), body: '{}' };
  expect(await sender.send(content)).toMatchObject({ isTaken: true });
  expect(proxy.asked).toEqual([new URL(server.url).host]);
  await sender.close();
  proxy.setScript(refusing(407));
  const another = createSender({ endpoint, connections: 1, timeoutMs: 2_000 });
  expect(await another.send(content)).toMatchObject({ isTaken: false, code: 'proxy-login' });
  await another.close();
});
