import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type CampaignJob,
  countCampaignJob,
  deadCount,
  isNoCampaign,
  readCampaign,
  readCampaignState,
  setCampaignState,
} from '../../../src/queue/campaign.ts';
import { type CampaignPlace, keys } from '../../../src/queue/names.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const day = 86_400_000;
const now = Date.UTC(2030, 0, 1);
const placeOf = (): CampaignPlace => ({ prefix: freshPrefix(), account: 'acme', campaign: 'sale' });
const keyOf = ({ prefix, account, campaign }: CampaignPlace): string =>
  keys.campaign(prefix, account, campaign);
const count = (place: CampaignPlace, job: Partial<CampaignJob> = {}): Promise<void> =>
  countCampaignJob(redis, place, { position: 0, messages: 100, deadlineAt: now + day, now, ...job });

describe('the counts of a campaign', () => {
  it('are unknown before its first job', async () => {
    expect(await readCampaign(redis, placeOf())).toBeUndefined();
  });

  it('have each job once, however often it is enqueued', async () => {
    const place = placeOf();
    await count(place);
    await count(place, { position: 1, messages: 50, now: now + 5 });
    await count(place, { position: 1, messages: 50, now: now + 9 });
    expect(await readCampaign(redis, place)).toEqual({
      id: 'sale',
      account: 'acme',
      state: 'running',
      messages: 150,
      waiting: 150,
      accepted: 0,
      dead: {},
      startedAt: now,
    });
  });

  it('tell what is waiting from what has ended, and dead letters by code', async () => {
    const place = placeOf();
    await count(place);
    await redis.hset(keyOf(place), {
      accepted: 60,
      [deadCount({ reason: 'terminal', code: '12' })]: 9,
      [deadCount({ reason: 'expired' })]: 1,
      [deadCount({ reason: 'terminal', code: '31' })]: 0,
    });
    expect(await readCampaign(redis, place)).toMatchObject({
      waiting: 30,
      accepted: 60,
      dead: { 12: 9, expired: 1 },
    });
    expect((await readCampaign(redis, place))?.dead).not.toHaveProperty('31');
  });

  it('leave out what is no count, and fields that nobody of ours wrote', async () => {
    const place = placeOf();
    await count(place);
    await redis.hset(`${keyOf(place)}:jobs`, { 1: 'many', __proto__: '7', constructor: '5' });
    await redis.hset(keyOf(place), {
      ...{ accepted: 'sixty', state: 'constructor', startedAt: 'noon', colour: 'red', constructor: '9' },
      ...{ 'dead:12': 'NaN', 'dead:31': '1e3', 'dead:__proto__': '2', 'dead:constructor': '3' },
    });
    const { dead, ...rest } = (await readCampaign(redis, place)) ?? {};
    expect(rest).toMatchObject({ state: 'running', messages: 105, waiting: 100, accepted: 0, startedAt: 0 });
    expect(Object.entries(dead ?? {})).toEqual([
      ['__proto__', 2],
      ['constructor', 3],
    ]);
  });

  it('say which of them is no number', async () => {
    const place = placeOf();
    await count(place);
    await redis.hset(keyOf(place), { accepted: 'sixty', 'dead:12': 'NaN', 'dead:31': '2' });
    expect(await readCampaign(redis, place)).toMatchObject({
      ...{ accepted: 0, waiting: 98, dead: { 31: 2 } },
      unreadable: ['accepted', 'dead 12'],
    });
  });

  it('are kept apart by campaign, account and prefix', async () => {
    const place = placeOf();
    await count(place);
    for (const other of [{ campaign: 'sale2' }, { account: 'shop' }, { prefix: freshPrefix() }]) {
      expect(await readCampaign(redis, { ...place, ...other })).toBeUndefined();
    }
  });

  it('outlive the deadline of the last message, however far ahead it is scheduled', async () => {
    const place = placeOf();
    const days = async () =>
      Promise.all(
        [keyOf(place), `${keyOf(place)}:jobs`].map(async (key) => Math.round((await redis.pttl(key)) / day)),
      );
    await count(place);
    expect(await days()).toEqual([31, 31]);
    await count(place, { position: 1, deadlineAt: now + 300 * day });
    expect(await days()).toEqual([330, 330]);
    await count(place, { position: 2, deadlineAt: now + 2 * day });
    expect(await days()).toEqual([330, 330]);
  });
});

describe('the state of a campaign', () => {
  it('is running, until it is paused, and again when it is resumed', async () => {
    const place = placeOf();
    await count(place);
    expect(await readCampaignState(redis, place)).toBe('running');
    expect(await setCampaignState(redis, place, 'paused')).toBe(true);
    expect(await readCampaignState(redis, place)).toBe('paused');
    expect(await setCampaignState(redis, place, 'running')).toBe(true);
    expect(await readCampaignState(redis, place)).toBe('running');
  });

  it('is cancelled for good, whoever resumes it at the same time', async () => {
    const place = placeOf();
    await count(place);
    const others = Array.from({ length: 20 }, (_, n) =>
      setCampaignState(redis, place, n % 2 ? 'running' : 'paused'),
    );
    const [isCancelled] = await Promise.all([setCampaignState(redis, place, 'cancelled'), ...others]);
    expect(isCancelled).toBe(true);
    expect(await readCampaignState(redis, place)).toBe('cancelled');
    expect(await setCampaignState(redis, place, 'cancelled')).toBe(true); // as it is wished
    expect(await setCampaignState(redis, place, 'running')).toBe(false);
  });

  it('cannot be set where the campaign is not known, and leaves nothing there', async () => {
    const place = placeOf();
    expect(await setCampaignState(redis, place, 'paused')).toBe(false);
    expect(await redis.exists(keyOf(place))).toBe(0);
    expect(await readCampaignState(redis, place)).toBe('running');
  });
});

describe('what lies under the keys of a campaign and is none', () => {
  it.each([
    ['the campaign', ''],
    ['its jobs', ':jobs'],
  ])('is an unknown campaign, whose messages go: in the place of %s', async (_, suffix) => {
    const place = placeOf();
    await redis.set(`${keyOf(place)}${suffix}`, 'x');
    await count(place);
    expect(await readCampaign(redis, place)).toBeUndefined();
    expect(await isNoCampaign(redis, place)).toBe(true);
    expect(await readCampaignState(redis, place)).toBe('running');
    expect(await setCampaignState(redis, place, 'paused')).toBe(false);
    expect(await redis.get(`${keyOf(place)}${suffix}`)).toBe('x');
  });

  it('is not said of one that was never enqueued', async () => {
    expect(await isNoCampaign(redis, placeOf())).toBe(false);
  });
});
