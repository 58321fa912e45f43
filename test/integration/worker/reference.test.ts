import { describe, expect, it } from 'vitest';
import { createDelivery, numberAt } from '../../support/delivery.ts';

const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };

describe('a reference', () => {
  it.each(['xml', 'web-service'] as const)(
    'reaches JetSMS over %s, where only equal ones share a request',
    async (surface) => {
      await using world = await createDelivery({ account: { surface, batchSize: 100 } });
      const ids = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const reference = n % 3 === 0 ? {} : { reference: `order & ${n % 3}` };
          return (await world.send({ to: `+${numberAt(n)}`, ...reference })).id;
        }),
      );
      await world.startWorker();
      await Promise.all(ids.map((id) => world.end(id)));
      const seen = world.simulator.accepted.map(({ to, reference }) => [to, reference]);
      expect(seen.toSorted()).toEqual(
        ids.map((_, n) => [numberAt(n), n % 3 === 0 ? undefined : `order & ${n % 3}`]).toSorted(),
      );
      const groups = new Map<string, Set<string | undefined>>();
      for (const { groupId, reference } of world.simulator.accepted)
        groups.set(groupId, (groups.get(groupId) ?? new Set()).add(reference));
      expect([...groups.values()].every((references) => references.size === 1)).toBe(true);
    },
  );

  it('goes with a campaign and with an MMS, which carry meta and key too', async () => {
    await using world = await createDelivery({ account: { surface: 'web-service' } });
    const { producer } = world;
    await producer.sendMany([`+${numberAt(1)}`], { campaign: 'spring', text: 'a', reference: 'spring-17' });
    const more = { reference: 'mms-17', meta: { order: 17 }, idempotencyKey: 'mms 17' };
    const { id } = await producer.sendMms({ to: `+${numberAt(2)}`, subject: '', media, ...more });
    await world.startWorker();
    await world.end(id);
    await world.simulator.waitForAccepted(2, 5_000);
    expect(world.simulator.accepted.map(({ reference }) => reference).toSorted()).toEqual([
      'mms-17',
      'spring-17',
    ]);
    expect(await producer.status({ idempotencyKey: 'mms 17' })).toMatchObject({
      ...{ id, state: 'accepted', key: 'mms 17', meta: { order: 17 } },
    });
  });
});
