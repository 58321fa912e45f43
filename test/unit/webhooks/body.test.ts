import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { deliveryOf } from '../../../src/webhooks/body.ts';

const event = (id: string): Event => ({ id, type: 'message.dead', at: 1_800_000_000_000, account: 'shop' });
const place = { endpoint: 'app', isList: false, now: 1_800_000_001_000 };

describe('a delivery', () => {
  it('of one event has its type, its time and the event', () => {
    const { data } = deliveryOf([event('m1:message.dead')], place);
    expect(JSON.parse(data.body)).toEqual({
      type: 'message.dead',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: event('m1:message.dead'),
    });
    expect(data).toMatchObject({ events: 1, since: place.now });
  });

  it('of an endpoint that takes lists is a list, of one event too', () => {
    const { data } = deliveryOf([event('a')], { ...place, isList: true });
    expect(JSON.parse(data.body)).toEqual({
      type: 'events',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: { events: [event('a')] },
    });
  });

  it('has the same id for the same events of an endpoint, at any time, and another for others', () => {
    const ids = [
      deliveryOf([event('a')], place),
      deliveryOf([event('b')], place),
      deliveryOf([event('a'), event('b')], { ...place, isList: true }),
      deliveryOf([event('a')], { ...place, endpoint: 'other' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(deliveryOf([event('a')], { ...place, now: 0 }).id).toBe(ids[0]);
    for (const id of ids) expect(id).toMatch(/^msg_[A-Za-z0-9_-]{27}$/);
  });
});
