import { describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { createProducer, type NewMessage, type Producer } from '../../../src/producer/index.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { projectFolder, startProcess } from '../../support/process.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Calls that are under way together. */
const atOnce = 1_000;

/** Nothing is taken for lost on a busy machine: a message of lane otp would be sent again then, as it says. */
const patient = { lockDurationMs: 120_000 };

interface Sent {
  readonly id: string;
  readonly to: string;
}

const producerOf = ({ settings, prefix, account }: DeliveryWorld): Producer =>
  createProducer({ redis: settings.redisUrl, prefix, accounts: { [account.name]: account } });

/** Messages of every kind: joined ones, some of a lane that marks its requests and some of one that does not, and single ones. */
async function sendAll(world: DeliveryWorld, count: number): Promise<readonly Sent[]> {
  const sendAt = Date.now() + 200;
  return Promise.all(
    Array.from({ length: count }, async (_, n): Promise<Sent> => {
      const to = numberAt(n);
      const lane = n % 3 === 0 ? 'otp' : 'transactional';
      const message: NewMessage = { to: `+${to}`, text: `Merhaba ${n}`, lane };
      const { id } = await world.producer.send(n % 5 === 0 ? { ...message, sendAt } : message);
      return { id, to };
    }),
  );
}

/** Every message that was called off was not sent, and every other was, once; whatever else was said of it. */
async function expectOneEndEach(
  world: DeliveryWorld,
  sent: readonly Sent[],
  toldOff: ReadonlySet<string>,
): Promise<number> {
  const ids = sent.map(({ id }) => id);
  const statuses = await waitFor(
    async () => {
      const found = await world.producer.statuses(ids);
      return found.every(({ state }) => state === 'accepted' || state === 'cancelled') && found;
    },
    { what: 'every message has ended', limitMs: 60_000, everyMs: 500 },
  );
  const accepted = world.simulator.counts('to');
  const wrong = sent.filter(({ id, to }, n) => {
    const times = accepted.get(to) ?? 0;
    const state = statuses[n]?.state;
    return times !== (state === 'accepted' ? 1 : 0) || (toldOff.has(id) && state !== 'cancelled');
  });
  expect(wrong).toEqual([]);
  return statuses.filter(({ state }) => state === 'cancelled').length;
}

describe('cancels that race with sends', () => {
  it('end each of 10,000 messages once: called off or accepted, as they were told', async () => {
    // So slowly that neither the workers nor those who cancel come too late for all of them.
    const account = { batchSize: 100, messagesPerSecond: 2_000 };
    await using world = await createDelivery({ account, settings: patient });
    const sent = await sendAll(world, 10_000);
    const cancellers = [producerOf(world), producerOf(world), producerOf(world)];
    await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
    await waitFor(() => world.simulator.accepted.length > 100, { limitMs: 30_000 });
    const callOff = async ({ id }: Sent, n: number) => {
      const canceller = cancellers[n % cancellers.length];
      const first = await canceller?.cancel(id);
      const again = n % 7 === 0 ? await cancellers[(n + 1) % cancellers.length]?.cancel(id) : first;
      expect(again).toBe(first);
      return [id, first] as const;
    };
    const told: (readonly [id: string, result: string | undefined])[] = [];
    for (let first = 0; first < sent.length; first += atOnce) {
      const some = sent.slice(first, first + atOnce);
      told.push(...(await Promise.all(some.map((one, index) => callOff(one, first + index)))));
    }
    await Promise.all(cancellers.map((canceller) => canceller.close()));
    expect(told.filter(([, result]) => result === 'unknown')).toEqual([]);
    const toldOff = new Set(told.flatMap(([id, result]) => (result === 'cancelled' ? [id] : [])));
    const off = await expectOneEndEach(world, sent, toldOff);
    expect(off).toBe(toldOff.size);
    expect(off).toBeGreaterThan(100);
    expect(off).toBeLessThan(9_900);
    expect(await world.letters()).toEqual([]);
  }, 120_000);

  it('end each message once also where who cancels is killed in the middle', async () => {
    await using world = await createDelivery({ account: { batchSize: 50 }, settings: patient });
    const sent = await sendAll(world, 2_000);
    const { settings, prefix, account } = world;
    const ids = sent.map(({ id }) => id);
    const order = { redis: settings.redisUrl, prefix, account: account.name, ids };
    await using canceller = startProcess(
      [process.execPath, `${projectFolder}test/support/cancelling-process.ts`],
      { input: JSON.stringify(order) },
    );
    await canceller.waitForLine(/"cancelled"/);
    await world.startWorker();
    await waitFor(() => canceller.stdout.length > 100);
    await canceller.kill('SIGKILL');
    const toldOff = canceller.stdout.flatMap((line) => {
      const { id, result } = JSON.parse(line) as { readonly id: string; readonly result: string };
      return result === 'cancelled' ? [id] : [];
    });
    const off = await expectOneEndEach(world, sent, new Set(toldOff));
    expect(off).toBeGreaterThanOrEqual(toldOff.length);
  }, 60_000);

  it('end each message of campaigns and joined jobs once while these are divided again and again', async () => {
    await using world = await createDelivery({ account: { batchSize: 64 }, settings: patient });
    const { producer, simulator } = world;
    const isFlawed = (n: number) => n % 37 === 5;
    const count = 1_200;
    for (let n = 0; n < count; n += 1)
      if (isFlawed(n)) simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(n) } });
    const sent: Sent[] = [];
    const recipients = Array.from({ length: count / 2 }, (_, n) => ({
      to: numberAt(n),
      text: `Merhaba ${n}`,
    }));
    await producer.sendMany(
      recipients.map(({ to, text }) => ({ to: `+${to}`, text })),
      {
        campaign: 'spring',
        onStored: ({ indices, ids }) => {
          for (const [at, id] of ids.entries()) sent.push({ id, to: recipients[indices[at] ?? 0]?.to ?? '' });
        },
      },
    );
    await Promise.all(
      Array.from({ length: count / 2 }, async (_, n) => {
        const to = numberAt(count / 2 + n);
        sent.push({ id: (await producer.send({ to: `+${to}`, text: `Merhaba ${to}` })).id, to });
      }),
    );
    await Promise.all([world.startWorker(), world.startWorker()]);
    const told = new Map<string, string>();
    const cancelSome = async (some: readonly Sent[]): Promise<void> => {
      for (const { id } of some) told.set(id, await producer.cancel(id));
    };
    await Promise.all(
      Array.from({ length: 8 }, (_, lane) => cancelSome(sent.filter((_, n) => n % 24 === 3 * lane))),
    );
    const ids = sent.map(({ id }) => id);
    const over = new Set(['accepted', 'cancelled', 'dead']);
    const statuses = await waitFor(
      async () => {
        const found = await producer.statuses(ids);
        return found.every(({ state }) => over.has(state)) && found;
      },
      { what: 'every message has ended', limitMs: 60_000, everyMs: 500 },
    );
    const accepted = simulator.counts('to');
    const wrong = sent.flatMap(({ id, to }, at) => {
      const state = statuses[at]?.state;
      const times = accepted.get(to) ?? 0;
      const isRight =
        times === (state === 'accepted' ? 1 : 0) && (told.get(id) !== 'cancelled' || state === 'cancelled');
      return isRight ? [] : [{ id, state, times, told: told.get(id) }];
    });
    expect(wrong).toEqual([]);
    expect([...told.values()].filter((result) => result === 'cancelled').length).toBeGreaterThan(20);
    const campaign = await producer.campaign('spring');
    const counted = Object.values(campaign?.dead ?? {}).reduce((sum, n) => sum + n, campaign?.accepted ?? 0);
    expect(counted).toBe(count / 2);
  }, 90_000);

  it('end each replay once: whoever is told that it is called off has it never sent', async () => {
    await using world = await createDelivery({ settings: patient });
    world.simulator.faults.add({ kind: 'reply', code: '12', times: 1_000 });
    const sent = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const to = numberAt(n);
        return { id: (await world.producer.send({ to: `+${to}`, text: `Merhaba ${n}` })).id, to };
      }),
    );
    await world.startWorker();
    await waitFor(async () => (await world.letters()).length === sent.length, { limitMs: 30_000 });
    world.simulator.faults.clear();
    await using letters = openDeadLetters({
      redis: world.redis,
      prefix: world.prefix,
      account: world.account.name,
    });
    const told = new Map<string, string>();
    const callOff = async (): Promise<void> => {
      for (const { id } of sent) told.set(id, await world.producer.cancel(id));
    };
    await Promise.all([letters.replay({ code: '12' }, { ratePerSecond: 0 }), callOff(), callOff()]);
    await callOff();
    const off = new Set([...told].flatMap(([id, result]) => (result === 'cancelled' ? [id] : [])));
    await waitFor(() => world.simulator.accepted.length + off.size >= sent.length, { limitMs: 30_000 });
    const accepted = world.simulator.counts('to');
    const wrong = sent.filter(({ id, to }) => (accepted.get(to) ?? 0) !== (off.has(id) ? 0 : 1));
    expect(wrong).toEqual([]);
  }, 60_000);
});
