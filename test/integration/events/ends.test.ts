import { describe, expect, it } from 'vitest';
import { createEvents, type Event, type EventsOptions } from '../../../src/events/index.ts';
import { keys } from '../../../src/queue/names.ts';
import { createCreditStore } from '../../../src/worker/account/credit/credit-store.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Followed extends AsyncDisposable {
  readonly seen: Event[];
}

/** Subscribes to the events of a world, and acknowledges them as they come. */
async function follow(
  { redis, prefix, account }: DeliveryWorld,
  options: Partial<EventsOptions> = {},
): Promise<Followed> {
  const events = createEvents({ redis, prefix, account: account.name, group: 'app', pollMs: 10, ...options });
  await events.subscribed();
  const seen: Event[] = [];
  const end = (async () => {
    for await (const event of events) {
      seen.push(event);
      await events.ack(event);
    }
  })();
  return {
    seen,
    async [Symbol.asyncDispose]() {
      await events.close();
      await end;
    },
  };
}

describe('the events of a worker', () => {
  it('tell of each message how it ended, with its key and its meta, and neither its number nor its text', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(1) } });
    await world.startWorker();
    const accepted = await world.send({ to: numberAt(0), idempotencyKey: 'order 17', meta: { order: 17 } });
    const dead = await world.send({ to: numberAt(1) });
    await waitFor(() => events.seen.length === 2);
    const account = world.account.name;
    expect(events.seen.toSorted((one, other) => (one.type < other.type ? -1 : 1))).toEqual([
      {
        id: `${accepted.id}:message.accepted`,
        type: 'message.accepted',
        at: expect.any(Number),
        account,
        messageId: accepted.id,
        key: 'order 17',
        meta: { order: 17 },
        lane: 'transactional',
        groupId: expect.any(String),
      },
      {
        id: `${dead.id}:message.dead`,
        type: 'message.dead',
        at: expect.any(Number),
        account,
        messageId: dead.id,
        lane: 'transactional',
        code: '31',
        reason: 'terminal',
      },
    ]);
  });

  it('show number and text where a setting says so', async () => {
    await using world = await createDelivery({ settings: { eventsShow: 'number-and-text' } });
    await using events = await follow(world);
    await world.startWorker();
    await world.send({ to: '0532 123 45 67', text: 'Merhaba' });
    await waitFor(() => events.seen.length === 1);
    expect(events.seen).toMatchObject([{ to: '905321234567', text: 'Merhaba' }]);
  });

  it('tell of every message of a campaign by an id of its own', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    const recipients = Array.from({ length: 250 }, (_, at) => ({ to: numberAt(at) }));
    await world.producer.sendMany(recipients, { campaign: 'spring', text: 'Merhaba', title: 'ACME' });
    await world.startWorker();
    await waitFor(() => events.seen.filter(({ type }) => type === 'message.accepted').length === 250);
    expect(new Set(events.seen.map(({ id }) => id)).size).toBe(events.seen.length);
    expect(new Set(events.seen.map(({ campaign }) => campaign))).toEqual(new Set(['spring']));
  });

  it('tell once that a campaign has finished, when all of its messages were accepted or given up', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    const finished = () => events.seen.filter(({ type }) => type === 'campaign.finished');
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(7) } });
    const recipients = Array.from({ length: 2_500 }, (_, at) => numberAt(at));
    const campaign = { campaign: 'spring', text: 'Merhaba', title: 'ACME' };
    await world.producer.sendMany(recipients, campaign);
    expect(finished()).toEqual([]);
    await world.startWorker();
    await waitFor(() => finished().length === 1, { limitMs: 15_000 });
    const account = world.account.name;
    expect(finished()).toMatchObject([{ account, campaign: 'spring', at: expect.any(Number) }]);
    // It is the last thing that is told of the campaign.
    expect(events.seen.at(-1)?.type).toBe('campaign.finished');
    expect(events.seen).toHaveLength(2_501);
    expect(await world.producer.campaign('spring')).toMatchObject({ accepted: 2_499, dead: { 31: 1 } });
    // Calling again adds nothing, and tells nothing again.
    await world.producer.sendMany(recipients, campaign);
    const { id } = await world.send();
    await waitFor(() => events.seen.some(({ messageId }) => messageId === id));
    expect(finished()).toHaveLength(1);
    expect(events.seen.filter(({ type }) => type === 'message.dead')).toMatchObject([{ code: '31' }]);
  });

  it('tell that a campaign has finished whose last message ended before it was enqueued to its end', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    await world.startWorker();
    async function* slowly() {
      for (let at = 0; at < 1_000; at += 1) yield numberAt(at);
      await waitFor(async () => (await world.producer.campaign('slow'))?.accepted === 1_000);
      expect(events.seen.some(({ type }) => type === 'campaign.finished')).toBe(false);
    }
    // The first job is full, and leaves while the list goes on.
    await world.producer.sendMany(slowly(), { campaign: 'slow', text: 'Merhaba', title: 'ACME' });
    await waitFor(() => events.seen.some(({ type }) => type === 'campaign.finished'));
  });

  it('tell that a campaign has finished that was cancelled', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    await world.producer.sendMany([numberAt(1), numberAt(2)], {
      campaign: 'cancelled',
      text: 'Merhaba',
      title: 'ACME',
    });
    await world.producer.setCampaign('cancelled', 'cancelled');
    await world.startWorker();
    await waitFor(() => events.seen.some(({ type }) => type === 'campaign.finished'));
    expect(world.simulator.stats().acceptedMessages).toBe(0);
  });

  it('tell of a campaign that an earlier version enqueued nothing but the ends of its messages', async () => {
    await using world = await createDelivery();
    await using events = await follow(world);
    await world.producer.sendMany([numberAt(1)], { campaign: 'old', text: 'Merhaba', title: 'ACME' });
    await world.redis.hdel(keys.campaign(world.prefix, world.account.name, 'old'), 'total', 'name');
    await world.startWorker();
    await waitFor(async () => (await world.producer.campaign('old'))?.accepted === 1);
    const { id } = await world.send();
    await waitFor(() => events.seen.some(({ messageId }) => messageId === id));
    expect(events.seen.some(({ type }) => type === 'campaign.finished')).toBe(false);
  });

  it('tell when the account is held, why, and when it goes on', async () => {
    await using world = await createDelivery({
      account: { probeIntervalMs: 100, maxProbeIntervalMs: 100 },
    });
    await using events = await follow(world, { types: ['account.held', 'account.resumed'] });
    world.simulator.faults.add({ kind: 'reply', code: '11', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await waitFor(() => events.seen.length === 2);
    const hold = { reason: 'no-credit', code: '11' };
    expect(events.seen).toMatchObject([
      { type: 'account.held', account: world.account.name, hold },
      { type: 'account.resumed', hold },
    ]);
  });

  it('tell of a low credit once, and again only after it was better', async () => {
    await using world = await createDelivery({ provider: { credit: 2 } });
    await using events = await follow(world, { types: ['credit.low'] });
    const store = createCreditStore(world.redis, { prefix: world.prefix, account: world.account.name });
    const waiting = { jobs: 1, messages: 3, parts: 3, isEstimate: false };
    const write = (at: number, isLow: boolean) =>
      store.write(
        { at, credit: 2, waiting, forecast: { coversWaiting: !isLow }, ...(isLow ? { isLow: true } : {}) },
        60_000,
      );
    for (const [at, isLow] of [true, true, false, true].entries()) await write(at + 1, isLow);
    await waitFor(() => events.seen.length === 2);
    expect(events.seen).toMatchObject([
      { type: 'credit.low', at: 1, credit: { credit: 2 } },
      { type: 'credit.low', at: 4 },
    ]);
  });

  it('tell of a credit that does not cover what waits, as soon as JetSMS tells it', async () => {
    await using world = await createDelivery({
      account: { creditIntervalMs: 60_000 },
      provider: { credit: 2 },
    });
    await using events = await follow(world, { types: ['credit.low'] });
    await world.producer.sendMany([1, 2, 3].map(numberAt), {
      campaign: 'later',
      text: 'Merhaba',
      title: 'ACME',
      sendAt: Date.now() + 3_600_000,
    });
    await world.startWorker();
    await waitFor(() => events.seen.length === 1);
    expect(events.seen).toMatchObject([{ credit: { credit: 2 } }]);
  });
});
