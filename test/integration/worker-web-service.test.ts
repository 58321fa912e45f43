import { describe, expect, it } from 'vitest';
import { createDelivery, type DeliveryWorld, type End, numberAt } from '../support/delivery.ts';

const webService = { surface: 'web-service' } as const;
const together = { ...webService, batchSize: 50, batchWaitMs: 100, connections: 1 } as const;

const acceptedNumbers = ({ simulator }: DeliveryWorld): readonly string[] =>
  simulator.accepted.map(({ to }) => to).toSorted();

const inWords = ({ job, letter }: End): string =>
  letter ? `dead ${letter.reason} ${letter.code}` : job.returnvalue.end;

describe('an account of the web service', () => {
  it('delivers a message with its own id, and keeps the group id', async () => {
    await using world = await createDelivery({ account: webService });
    await world.startWorker();
    const { id } = await world.send({ text: 'Merhaba dünya' });
    const ended = await world.end(id);
    expect(inWords(ended)).toBe('accepted');
    expect(world.simulator.accepted).toMatchObject([
      { surface: 'web-service', messageId: id, text: 'Merhaba dünya', groupId: ended.groupId },
    ]);
  });

  it.each([
    ['the operations without V2', { webServiceOperations: 'v1' }],
    ['the advanced operation, for a message type', { messageType: 'flash' }],
    ['the advanced operation, for a message header', { messageHeader: 'BASLIK' }],
  ] as const)('delivers by %s, which answer for a request as a whole', async (_, choice) => {
    await using world = await createDelivery({ account: { ...together, ...choice } });
    const ids = await world.sendMany(3);
    await world.startWorker();
    for (const id of ids) expect(inWords(await world.end(id))).toBe('accepted');
    expect(world.simulator.accepted.map(({ messageId }) => messageId)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it.each([
    ['31', 'dead terminal 31', undefined],
    // Nobody knows what these say of the recipient, so nobody may say that nothing arrived.
    ['27', 'dead uncertain unknown-status', true],
    ['1', 'dead uncertain unknown-status', true],
    ['OK', 'dead uncertain unknown-status', true],
  ])(
    'of messages that travel together, the one with status %s ends alone: %s',
    async (code, end, arrived) => {
      await using world = await createDelivery({ account: together });
      world.simulator.faults.add({ kind: 'refuse-recipient', code, match: { to: numberAt(1) } });
      const ids = await world.sendMany(4, { whenUncertain: 'park' });
      await world.startWorker();
      const ends = await Promise.all(ids.map((id) => world.end(id)));
      expect(ends.map(inWords)).toEqual(['accepted', end, 'accepted', 'accepted']);
      expect(ends[1]?.letter?.mayHaveArrived).toBe(arrived);
      expect(world.simulator.stats().requests).toBe(1);
      expect(acceptedNumbers(world)).toEqual([0, 2, 3].map(numberAt));
      expect((await world.letters()).map(({ id }) => id)).toEqual([ids[1]]);
    },
  );

  it('of a campaign, one recipient that is refused is a dead letter of its own', async () => {
    await using world = await createDelivery({ account: webService });
    world.simulator.faults.add({ kind: 'refuse-recipient', code: '12', match: { to: numberAt(2) } });
    await world.startWorker();
    const recipients = Array.from({ length: 10 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(recipients, { campaign: 'autumn', text: 'Indirim' });
    await expect
      .poll(() => world.producer.campaign('autumn'), { timeout: 5_000 })
      .toMatchObject({ waiting: 0, accepted: 9, dead: { 12: 1 } });
    const letters = await world.letters();
    expect(letters.map(({ data }) => data)).toMatchObject([
      { reason: 'terminal', code: '12', job: { to: [numberAt(2)], text: 'Indirim', parts: 1 } },
    ]);
    expect(world.simulator.stats().requests).toBe(1);
    expect(acceptedNumbers(world)).not.toContain(numberAt(2));
  });

  it('in a campaign with a text each, a text that is too long stops nobody else where the account says so', async () => {
    await using world = await createDelivery({
      account: { ...webService, onLengthProblem: 'SendOtherMessages', maxTextLength: 306 },
    });
    await world.startWorker();
    const texts = ['kisa', 'x'.repeat(200), 'daha kisa'];
    await world.producer.sendMany(
      texts.map((text, n) => ({ to: `+${numberAt(n)}`, text })),
      { campaign: 'spring' },
    );
    await expect
      .poll(() => world.producer.campaign('spring'), { timeout: 5_000 })
      .toMatchObject({ waiting: 0, accepted: 2, dead: { 85: 1 } });
    expect(acceptedNumbers(world)).toEqual([numberAt(0), numberAt(2)]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('a fault that says that our request was wrong is a dead letter, and does not spare its company', async () => {
    await using world = await createDelivery({ account: webService });
    world.simulator.faults.add({ kind: 'soap-fault', faultCode: 'Client', text: 'Bad request', times: 1 });
    await world.startWorker();
    const first = await world.end((await world.send()).id);
    expect(first.letter).toMatchObject({ reason: 'terminal', code: 'soap-fault', text: 'Bad request' });
    expect(inWords(await world.end((await world.send()).id))).toBe('accepted');
  });

  it.each([200, 500] as const)(
    'a fault of the server with status %s leaves open what was done',
    async (status) => {
      await using world = await createDelivery({ account: webService });
      world.simulator.faults.add({
        kind: 'soap-fault',
        faultCode: 'Server',
        status,
        accepted: true,
        times: 1,
      });
      await world.startWorker();
      const ended = await world.end((await world.send({ whenUncertain: 'park' })).id);
      expect(ended.letter).toMatchObject({ reason: 'uncertain', code: 'server-fault', mayHaveArrived: true });
      expect(world.simulator.accepted).toHaveLength(1);
    },
  );

  it('a reply for a thousand recipients is read', async () => {
    await using world = await createDelivery({ account: webService });
    await world.startWorker();
    const recipients = Array.from({ length: 1_000 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(recipients, { campaign: 'big', text: 'Indirim' });
    await expect
      .poll(() => world.producer.campaign('big'), { timeout: 10_000 })
      .toMatchObject({ waiting: 0, accepted: 1_000 });
    expect(world.simulator.stats().requests).toBe(1);
  });
});
