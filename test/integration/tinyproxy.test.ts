import { expect, it } from 'vitest';
import { tools } from '../../scripts/tools.ts';
import { probeEndpoint } from '../../src/jetsms/endpoint-probe.ts';
import { createDelivery } from '../support/delivery.ts';
import { startTinyproxy } from '../support/tinyproxy.ts';
import { describeWith } from '../support/tools.ts';

/** What our own proxy cannot show: that a proxy which others have written understands us. */
describeWith([tools.tinyproxy], 'through tinyproxy', () => {
  it('messages are delivered over both surfaces, with a login', async () => {
    await using proxy = await startTinyproxy('BasicAuth jetsms right-one');
    const proxyUrl = proxy.url.replace('//', '//jetsms:right-one@');
    for (const surface of ['xml', 'web-service'] as const) {
      for (const keepAliveMs of [4_000, 0]) {
        await using world = await createDelivery({
          account: { proxyUrl, surface, keepAliveMs, batchSize: 5 },
        });
        const ids = await world.sendTogether(20);
        await world.startWorker();
        await world.simulator.waitForAccepted(ids.length, 20_000);
        expect([...world.simulator.counts().values()].every((times) => times === 1)).toBe(true);
      }
    }
  });

  it('a wrong login is proxy-login, and holds the account', async () => {
    await using proxy = await startTinyproxy('BasicAuth jetsms right-one');
    const proxyUrl = proxy.url.replace('//', '//jetsms:wrong-one@');
    await using world = await createDelivery({ account: { proxyUrl } });
    await world.send();
    await world.startWorker();
    await world.held({ reason: 'endpoint', code: 'proxy-login' });
    expect(await world.letters()).toEqual([]);
  });

  it('a port that it does not let us to is proxy-refused', async () => {
    await using proxy = await startTinyproxy('ConnectPort 443');
    const way = { connectTimeoutMs: 5_000, proxyUrl: proxy.url };
    expect(await probeEndpoint('http://127.0.0.1:1/', way)).toEqual({
      kind: 'unreachable',
      cause: 'proxy-refused',
    });
  });

  it('an address that it cannot reach is proxy-bad-gateway', async () => {
    await using proxy = await startTinyproxy();
    const way = { connectTimeoutMs: 5_000, proxyUrl: proxy.url };
    expect(await probeEndpoint('http://127.0.0.1:1/', way)).toEqual({
      kind: 'unreachable',
      cause: 'proxy-bad-gateway',
    });
  });
});
