import { describe, expect, it } from 'vitest';
import { type ConnectProxy, refusing, startConnectProxy } from '../support/connect-proxy.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { waitFor } from '../support/wait-for.ts';

/** A credit question would tell that the way is open again; here a message has to. */
const quick = { probeIntervalMs: 200, maxProbeIntervalMs: 200 } as const;

function expectEachOnce({ simulator }: DeliveryWorld, messages: number): void {
  expect(simulator.counts().size).toBe(messages);
  expect([...simulator.counts().values()].every((times) => times === 1)).toBe(true);
}

const throughProxy = (proxy: ConnectProxy, change: object = {}) =>
  createDelivery({ account: { ...quick, proxyUrl: proxy.url, ...change } });

describe('a worker behind a proxy', () => {
  it.each([
    [407, 'proxy-login'],
    [403, 'proxy-refused'],
  ])(
    'that answers %d holds the account as endpoint: no attempt is used, no message is at fault, and all leave when it lets us through',
    async (status, code) => {
      await using proxy = await startConnectProxy({ script: refusing(status) });
      await using world = await throughProxy(proxy);
      const ids = await world.sendMany(6);
      await world.startWorker();
      await world.held({ reason: 'endpoint', code, mode: 'probing' });
      const asked = proxy.asked.length;
      // Canaries meet the same, again and again, and go back each time.
      await waitFor(() => proxy.asked.length >= asked + 4);
      expect(await world.letters()).toEqual([]);
      // A message that the proxy never saw is not one of those that JetSMS refused as canaries.
      expect(await world.hold()).not.toHaveProperty('refusedCanaries');
      for (const id of ids) {
        const { attempts, refusedAt } = await world.journalOf(id);
        expect({ attempts, refusedAt }).toEqual({ attempts: 0, refusedAt: undefined });
      }
      proxy.setScript(undefined);
      for (const id of ids) expect((await world.end(id)).state).toBe('completed');
      expectEachOnce(world, 6);
    },
  );

  it('that may be asked for the credit sends no canary while the proxy refuses', async () => {
    await using proxy = await startConnectProxy({ login: 'jetsms:right' });
    await using world = await throughProxy(proxy, { creditIntervalMs: 60_000 });
    await world.sendMany(2);
    await world.startWorker();
    const held = await world.held({ reason: 'endpoint', code: 'proxy-login', mode: 'probing' });
    await waitFor(async () => ((await world.hold())?.probes ?? 0) >= (held?.probes ?? 0) + 3);
    expect(world.telemetry.requests.length).toBeLessThanOrEqual(2);
  });

  it('that cannot reach JetSMS holds the account as unreachable, and the messages leave when it can', async () => {
    await using proxy = await startConnectProxy({ script: refusing(502) });
    await using world = await throughProxy(proxy, { unreachableAfter: 3 });
    const ids = await world.sendMany(8);
    await world.startWorker();
    await world.held({ reason: 'unreachable', mode: 'probing' });
    proxy.setScript(undefined);
    for (const id of ids) expect((await world.end(id)).state).toBe('completed');
    expectEachOnce(world, 8);
  });

  it('that dies and comes back loses nothing and repeats nothing', async () => {
    await using proxy = await startConnectProxy();
    await using world = await throughProxy(proxy, { unreachableAfter: 3 });
    await world.startWorker();
    const first = await world.sendMany(5);
    for (const id of first) await world.end(id);
    await proxy.die();
    const second: string[] = [];
    for (const n of [10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
      second.push((await world.send({ to: `+${numberAt(n)}` })).id);
    await world.held({ reason: 'unreachable', mode: 'probing' });
    await proxy.comeBack();
    for (const id of second) expect((await world.end(id)).state).toBe('completed');
    expectEachOnce(world, 15);
  });
});

describe("JetSMS's switches", () => {
  const account = {
    surface: 'web-service',
    channel: { all: 'VF', otp: 'VFO' },
    iysFilter: { bulk: '1' },
    iysRecipientType: { bulk: 'BIREYSEL' },
    exclusionWindow: { bulk: '00:00-23:59' },
  } as const;

  it('go with the messages of their lane, and jobs of different lanes never share a request', async () => {
    await using world = await createDelivery({ account: { ...account, batchSize: 50, connections: 1 } });
    const ids = [
      await world.send({ lane: 'otp', to: '0532 000 00 01' }),
      await world.send({ lane: 'transactional', to: '0532 000 00 02' }),
      await world.send({ lane: 'bulk', to: '0532 000 00 03' }),
    ].map(({ id }) => id);
    await world.startWorker();
    await world.simulator.waitForAccepted(ids.length, 10_000);
    const byNumber = new Map(world.simulator.accepted.map(({ to, switches }) => [to, switches]));
    expect(byNumber.get('905320000001')).toEqual({ channel: 'VFO' });
    expect(byNumber.get('905320000002')).toEqual({ channel: 'VF' });
    expect(byNumber.get('905320000003')).toEqual({
      channel: 'VF',
      iysfilter: '1',
      iysrecipienttype: 'BIREYSEL',
      exclusionstarttime: '000000',
      exclusionexpiretime: '235900',
    });
  });

  it.each(['v1', 'v2'] as const)(
    'are taken by the operations of %s, and by the advanced one',
    async (webServiceOperations) => {
      for (const change of [{ webServiceOperations }, { messageType: 'flash' as const }]) {
        await using world = await createDelivery({ account: { ...account, ...change } });
        await world.startWorker();
        const { id } = await world.send({ lane: 'bulk' });
        await waitFor(() => world.simulator.accepted.length === 1);
        expect((await world.end(id)).state).toBe('completed');
        expect(world.simulator.accepted[0]?.switches).toMatchObject({ channel: 'VF', iysfilter: '1' });
      }
    },
  );
});
