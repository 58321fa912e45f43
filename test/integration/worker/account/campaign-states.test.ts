import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { countCampaignJob, setCampaignState } from '../../../../src/queue/campaign.ts';
import { createCampaignStates } from '../../../../src/worker/account/campaign-states.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../../support/redis.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

function world(client: Redis = redis) {
  const account = { prefix: freshPrefix(), account: 'acme' };
  const clock = { now: 1_000_000 };
  const stateOf = createCampaignStates(client, { ...account, now: () => clock.now });
  return {
    clock,
    stateOf,
    async begin(campaign: string) {
      const job = { position: 0, messages: 1, deadlineAt: clock.now, now: clock.now };
      await countCampaignJob(redis, { ...account, campaign }, job);
    },
    set: (campaign: string, state: 'paused' | 'running' | 'cancelled') =>
      setCampaignState(redis, { ...account, campaign }, state),
  };
}

describe('what a worker knows of the states of campaigns', () => {
  it('is at most a second old', async () => {
    const { clock, stateOf, begin, set } = world();
    await begin('sale');
    expect(await stateOf('sale')).toBe('running');
    await set('sale', 'paused');
    clock.now += 999;
    expect(await stateOf('sale')).toBe('running');
    clock.now += 1;
    expect(await stateOf('sale')).toBe('paused');
  });

  it('keeps campaigns apart, and takes an unknown one for running', async () => {
    const { stateOf, begin, set } = world();
    await begin('a');
    await set('a', 'cancelled');
    expect(await Promise.all([stateOf('a'), stateOf('b')])).toEqual(['cancelled', 'running']);
  });

  it('is still right for more campaigns than are remembered at a time', async () => {
    const { stateOf, begin, set } = world();
    await begin('c0');
    await set('c0', 'paused');
    expect(await stateOf('c0')).toBe('paused');
    for (let n = 1; n <= 150; n += 1) expect(await stateOf(`c${n}`)).toBe('running');
    await set('c0', 'cancelled');
    // Forgotten meanwhile, so it is asked anew within the same second.
    expect(await stateOf('c0')).toBe('cancelled');
  });

  it('is not kept where Redis gave no answer', async () => {
    await using away = await startRedis();
    const client = away.client({ maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    const { stateOf } = world(client);
    expect(await stateOf('sale')).toBe('running');
    await away.kill();
    await expect(stateOf('other')).rejects.toThrow();
    await away.restart();
    await client.ping().catch(() => {});
    await expect.poll(() => stateOf('other').catch(() => 'away')).toBe('running');
  });
});
