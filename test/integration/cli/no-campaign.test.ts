import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { createProducer } from '../../../src/producer/index.ts';
import { countCampaignJob } from '../../../src/queue/campaign.ts';
import { keys } from '../../../src/queue/names.ts';
import { createDelivery } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const show = (prefix: string) =>
  captureCli(['campaign', 'sale'], { env: { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix } });

describe('a campaign whose counts cannot be read', () => {
  it.each(['', ':jobs'])(
    'is told as no campaign where another thing lies under its key%s',
    async (suffix) => {
      const prefix = freshPrefix();
      await redis.set(`${keys.campaign(prefix, 'default', 'sale')}${suffix}`, 'x');
      const { exitCode, err } = await show(prefix);
      expect(exitCode).toBe(2);
      expect(err.join('\n')).toMatch(/^error CAMPAIGN_UNREADABLE: .* is no campaign\. Account: default\./);
      await using producer = createProducer({ redis: sharedRedisUrl(), prefix });
      expect(await producer.campaign('sale')).toBeUndefined();
    },
  );

  it('has its messages delivered all the same', async () => {
    await using world = await createDelivery();
    await redis.set(keys.campaign(world.prefix, world.account.name, 'sale'), 'x');
    await world.startWorker();
    const receipt = await world.producer.sendMany(['905321234567'], { campaign: 'sale', text: 'Merhaba' });
    expect(receipt).toMatchObject({ duplicates: 0 });
    await expect.poll(() => world.simulator.stats().acceptedMessages, { timeout: 5_000 }).toBe(1);
    expect(world.telemetry.redisErrors).toEqual([]);
  });

  it('shows which of them is no number', async () => {
    const prefix = freshPrefix();
    const place = { prefix, account: 'default', campaign: 'sale' };
    await countCampaignJob(redis, place, {
      position: 0,
      messages: 10,
      deadlineAt: Date.now(),
      now: Date.now(),
    });
    await redis.hset(keys.campaign(prefix, 'default', 'sale'), 'accepted', 'abc');
    const { exitCode, out } = await show(prefix);
    expect(exitCode).toBe(0);
    expect(out.at(-1)).toMatch(/^accepted +\? +holds what is no number/);
  });
});
