import { describe, expect, it } from 'vitest';
import { createProducer, type Producer, type ProducerOptions } from '../../src/producer/index.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

const numbers = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, n) => `+${numberAt(first + n)}`);

const producerOf = (world: DeliveryWorld, options: Partial<ProducerOptions> = {}): Producer =>
  createProducer({
    redis: sharedRedisUrl(),
    prefix: world.prefix,
    accounts: { acme: { title: 'ACME' } },
    requestSize: 100,
    ...options,
  });

const finished = (producer: Producer, campaign: string) =>
  waitFor(
    async () => {
      const progress = await producer.campaign(campaign);
      return progress?.waiting === 0 && progress;
    },
    { what: `the end of campaign ${campaign}`, limitMs: 20_000 },
  );

/** The one dead letter; it is put a moment after it is counted. */
const onlyLetter = (world: DeliveryWorld) =>
  waitFor(
    async () => {
      const letters = await world.letters();
      return letters.length === 1 && letters[0];
    },
    { what: 'one dead letter' },
  );

/** How often each number was accepted, as a count of counts: `{ 1: 950 }` means everybody once. */
function timesAccepted({ simulator }: DeliveryWorld): Record<number, number> {
  const times: Record<number, number> = {};
  for (const count of simulator.counts('to').values()) times[count] = (times[count] ?? 0) + 1;
  return times;
}

describe('a campaign of one text', () => {
  it('travels in few requests, and reports a bad number by its place without stopping the others', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    const recipients = numbers(950);
    recipients[123] = '0212 123 45 67';
    const receipt = await producer.sendMany(recipients, { campaign: 'sale', text: 'İndirim başladı' });
    expect(receipt).toMatchObject({
      messages: 949,
      parts: 949,
      jobs: 10,
      duplicates: 0,
      refused: 1,
      lane: 'bulk',
    });
    expect(receipt.problems).toMatchObject([{ index: 123, code: 'NUMBER_NOT_MOBILE', field: 'to' }]);
    expect(JSON.stringify(receipt.problems)).not.toContain('212');
    await world.startWorker();
    expect(await finished(producer, 'sale')).toMatchObject({ messages: 949, accepted: 949, dead: {} });
    expect(timesAccepted(world)).toEqual({ 1: 949 });
    expect(world.simulator.stats().requests).toBe(10);
  });

  it('adds nothing when it is enqueued again, and completes what a crash has cut off', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    const options = { campaign: 'sale', text: 'İndirim' };
    await producer.sendMany(numbers(250), options);
    const again = await producer.sendMany(numbers(450), options).catch((error) => error.code);
    // The third job held 50 of its 100; with more behind them it is another job: that is said, and nothing added.
    expect(again).toBe('CAMPAIGN_CONFLICT');
    expect(await producer.campaign('sale')).toMatchObject({ messages: 250 });
    await producer.sendMany(numbers(200), { ...options, campaign: 'cut' });
    const whole = await producer.sendMany(numbers(450), { ...options, campaign: 'cut' });
    expect(whole).toMatchObject({ messages: 450, duplicates: 200 });
    await world.startWorker();
    expect(await finished(producer, 'cut')).toMatchObject({ messages: 450, accepted: 450 });
    expect(world.simulator.counts('to').get(numberAt(449))).toBe(1);
  });

  it('refuses other content under the same name', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    await producer.sendMany(numbers(10), { campaign: 'sale', text: 'bir' });
    await expect(producer.sendMany(numbers(10), { campaign: 'sale', text: 'iki' })).rejects.toMatchObject({
      code: 'CAMPAIGN_CONFLICT',
    });
  });

  it('counts everything and asks nothing of Redis in a dry run', async () => {
    await using producer = createProducer({
      redis: 'redis://127.0.0.1:1',
      accounts: { acme: { title: 'ACME', maxTextLength: 306 } },
    });
    const receipt = await producer.sendMany([...numbers(3), 'x'], {
      campaign: 'dry',
      text: 'a'.repeat(200),
      dryRun: true,
    });
    expect(receipt).toMatchObject({ messages: 3, parts: 6, refused: 1 });
  });

  it('is split until a bad message is alone, and nobody is texted twice', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    const bad = numberAt(42);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: bad } });
    await producer.sendMany(numbers(100), { campaign: 'sale', text: 'Merhaba' });
    await world.startWorker();
    expect(await finished(producer, 'sale')).toMatchObject({ accepted: 99, dead: { 31: 1 } });
    expect(timesAccepted(world)).toEqual({ 1: 99 });
    expect((await onlyLetter(world)).data).toMatchObject({
      reason: 'terminal',
      code: '31',
      job: { to: [bad] },
    });
  });

  it('is a dead letter as a whole where the title is refused', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    await producer.sendMany(numbers(100), { campaign: 'sale', text: 'Merhaba', title: 'YOK' });
    await world.startWorker();
    expect(await finished(producer, 'sale')).toMatchObject({ accepted: 0, dead: { 12: 100 } });
    expect((await onlyLetter(world)).data).toMatchObject({ code: '12' });
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('can be paused, resumed and cancelled while its jobs wait', async () => {
    let now = Date.now();
    await using world = await createDelivery({ now: () => now });
    await using producer = producerOf(world);
    await producer.sendMany(numbers(200), { campaign: 'a', text: 'Merhaba' });
    await producer.sendMany(numbers(300, 1_000), { campaign: 'b', text: 'Merhaba' });
    expect(await producer.setCampaign('a', 'paused')).toBe(true);
    expect(await producer.setCampaign('b', 'cancelled')).toBe(true);
    await world.startWorker();
    expect(await finished(producer, 'b')).toMatchObject({ state: 'cancelled', dead: { cancelled: 300 } });
    expect(await producer.campaign('a')).toMatchObject({ state: 'paused', waiting: 200 });
    expect(world.simulator.stats().requests).toBe(0);
    expect(await producer.setCampaign('a', 'running')).toBe(true);
    expect(await producer.setCampaign('b', 'running')).toBe(false);
    now += 20_000;
    for (const job of await world.queue.getDelayed()) await job.promote();
    expect(await finished(producer, 'a')).toMatchObject({ accepted: 200 });
  });

  it('takes an endless async iterable no faster than it is stored', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    let taken = 0;
    let stored = 0;
    let furthestAhead = 0;
    async function* endless(): AsyncGenerator<string> {
      for (const number of numbers(5_000)) {
        taken += 1;
        furthestAhead = Math.max(furthestAhead, taken - stored);
        yield number;
      }
    }
    await producer.sendMany(endless(), {
      campaign: 'stream',
      text: 'Merhaba',
      onProgress: ({ messages }) => {
        stored = messages;
      },
    });
    expect(stored).toBe(5_000);
    expect(furthestAhead).toBeLessThanOrEqual(1_000);
  });
});

describe('a campaign of a text each', () => {
  it('gives everybody their own text', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    const recipients = numbers(150).map((to, n) => ({ to, text: `Sayın ${n}` }));
    await producer.sendMany([...recipients, { to: numbers(1, 900)[0] ?? '', text: '' }], { campaign: 'own' });
    await world.startWorker();
    expect(await finished(producer, 'own')).toMatchObject({ accepted: 150 });
    const texts = world.simulator.accepted.map(({ to, text }) => `${to} ${text}`);
    expect(new Set(texts)).toEqual(new Set(recipients.map(({ to, text }) => `${to.slice(1)} ${text}`)));
  });

  it('is cut into smaller jobs where its longest texts would make them too large, the same ones each time', async () => {
    await using world = await createDelivery();
    const options = { requestSize: 1_000, maxJobBytes: 100_000 };
    const accounts = { acme: { title: 'ACME', maxTextLength: 612 } } as const;
    await using producer = producerOf(world, { ...options, accounts });
    const recipients = numbers(200).map((to, n) => ({ to, text: `${n} ${'€'.repeat(600)}` }));
    const first = await producer.sendMany(recipients, { campaign: 'long' });
    expect(first).toMatchObject({ messages: 200, jobs: 4, duplicates: 0 });
    const jobs = await world.queue.getJobs(['prioritized']);
    for (const { data } of jobs) expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThanOrEqual(100_000);
    expect(await producer.sendMany(recipients, { campaign: 'long' })).toMatchObject({
      jobs: 4,
      duplicates: 200,
    });
  });

  it('is refused as a whole where what all have in common is wrong', async () => {
    await using world = await createDelivery();
    await using producer = producerOf(world);
    await expect(producer.sendMany(numbers(1), { campaign: 'a b', text: 'x' })).rejects.toMatchObject({
      code: 'CAMPAIGN_INVALID',
    });
    await expect(producer.sendMany([], { campaign: 'a', text: 'x' })).rejects.toMatchObject({
      code: 'RECIPIENTS_MISSING',
    });
    await expect(
      producer.sendMany(numbers(1), { campaign: 'a', text: 'x', account: 'other' }),
    ).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    expect(await producer.campaign('a')).toBeUndefined();
  });
});
