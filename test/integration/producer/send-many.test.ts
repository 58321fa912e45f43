import { setImmediate as nextTurn } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { type CampaignRules, checkCampaign, type ManyOptions } from '../../../src/producer/many.ts';
import { createRedisCalls } from '../../../src/producer/redis-calls.ts';
import { type ManyStore, sendMany } from '../../../src/producer/send-many.ts';
import { queueName } from '../../../src/queue/names.ts';
import { numberAt } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const options: ManyOptions = { campaign: 'sale', text: 'Merhaba' };
const rules = { charset: 'utf-8', maxTextLength: 160, title: 'ACME' } as const;
const campaign = (): CampaignRules => checkCampaign(options, { account: 'acme', rules, nowMs: Date.now() });

/** A store of jobs of two messages each, and its queue. */
function world(change: Partial<ManyStore> = {}) {
  const prefix = freshPrefix();
  const queue = new Queue(queueName('acme'), { connection: redis, prefix });
  const store: ManyStore = {
    redis,
    prefix,
    calls: createRedisCalls(redis, 200),
    queue: () => queue,
    requestSize: 2,
    campaignWindowMs: 60_000,
    ...change,
  };
  return { queue, store, [Symbol.asyncDispose]: () => queue.close() };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => numberAt(n));

describe('a campaign that is being stored', () => {
  it('fails when one job could not be stored, also while it waits for the next recipient', async () => {
    await using inner = world();
    let asked = 0;
    const store: ManyStore = {
      ...inner.store,
      queue() {
        asked += 1;
        if (asked >= 2) throw new Error('away');
        return inner.queue;
      },
    };
    async function* slowly(): AsyncGenerator<string> {
      for (const number of numbers(6)) {
        yield number;
        // Long enough for what is under way to fail before the next recipient comes.
        for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      }
    }
    await expect(sendMany(slowly(), options, campaign(), store)).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
    });
    const again = await sendMany(slowly(), options, campaign(), inner.store);
    expect(again).toMatchObject({ messages: 6, jobs: 3 });
    expect(again.duplicates).toBeLessThan(6);
    expect(await inner.queue.getJobCountByTypes('prioritized')).toBe(3);
  });

  it('fails with what the list of recipients throws', async () => {
    await using inner = world();
    function* broken(): Generator<string> {
      yield* numbers(3);
      throw new Error('the database went away');
    }
    await expect(sendMany(broken(), options, campaign(), inner.store)).rejects.toThrow('the database');
  });

  it('tells of every problem, and keeps the first thousand', async () => {
    await using inner = world({ requestSize: 500 });
    const told: number[] = [];
    const recipients = [...Array.from({ length: 1_100 }, () => 'x'), ...numbers(1)];
    const receipt = await sendMany(
      recipients,
      { ...options, onProblem: ({ index }) => void told.push(index) },
      campaign(),
      inner.store,
    );
    expect(receipt).toMatchObject({ messages: 1, refused: 1_100 });
    expect(receipt.problems).toHaveLength(1_000);
    expect(told).toHaveLength(1_100);
  });
});
