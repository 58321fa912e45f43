import { describe, expect, it } from 'vitest';
import { createEvents, type Event, type EventsOptions } from '../../../src/events/index.ts';
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
});
