import { setImmediate as nextTurn } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis, ReplyError } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import type { Lane } from '../../../src/message/lane.ts';
import type { Recipient } from '../../../src/producer/chunks.ts';
import { ProducerError } from '../../../src/producer/errors.ts';
import { type CampaignRules, checkCampaign } from '../../../src/producer/many.ts';
import type { ManyOptions, ManyProgress } from '../../../src/producer/many-options.ts';
import { createRedisCalls } from '../../../src/producer/redis-calls.ts';
import { redisData } from '../../../src/producer/redis-data.ts';
import { type ManyStore, sendMany } from '../../../src/producer/send-many.ts';
import { queueName } from '../../../src/queue/names.ts';
import { messageIdAt } from '../../../src/queue/send-job.ts';
import { numberAt } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const options: ManyOptions = { campaign: 'sale', text: 'Merhaba' };
const rules = { charset: 'utf-8', maxTextLength: 160, title: 'ACME' } as const;
const campaign = (change: Partial<ManyOptions> = {}): CampaignRules =>
  checkCampaign({ ...options, ...change }, { account: 'acme', rules, nowMs: Date.now() });

/** A store of jobs of two messages each, and its queue. */
function world(change: Partial<ManyStore> = {}) {
  const prefix = freshPrefix();
  const queueOf = (lane: Lane) => new Queue(queueName('acme', lane), { connection: redis, prefix });
  const byLane = { otp: queueOf('otp'), transactional: queueOf('transactional'), bulk: queueOf('bulk') };
  const queue = byLane.bulk;
  const store: ManyStore = {
    data: redisData({ redis, prefix, keepStatusMs: 0, queueOf: (_, lane) => byLane[lane] }),
    calls: createRedisCalls(redis, 200),
    redisTime: async () => Date.now(),
    localTime: () => Date.now(),
    secret: async () => 'a'.repeat(64),
    requestSize: 2,
    campaignWindowMs: 60_000,
    closed: new Promise(() => {}),
    ...change,
  };
  return {
    queue,
    store,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(byLane).map((one) => one.close()));
    },
  };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => numberAt(n));

describe('a campaign that is being stored', () => {
  it.each([
    ['a dry run', numbers(20), { dryRun: true }],
    ['a list without one good number', Array.from({ length: 20 }, () => 'x'), {}],
  ])('leaves the process its other work, also in %s', async (_, recipients, change) => {
    await using inner = world();
    let isOver = false;
    const call = sendMany(recipients, { ...options, ...change }, campaign(), inner.store);
    const over = call.finally(() => {
      isOver = true;
    });
    let turns = 0;
    for (; !isOver; turns += 1) await nextTurn();
    await over;
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it('fails when one job could not be stored, also while it waits for the next recipient', async () => {
    await using inner = world();
    let asked = 0;
    const store: ManyStore = {
      ...inner.store,
      data: {
        ...inner.store.data,
        async addJob(newJob) {
          asked += 1;
          if (asked >= 2) throw new Error('away');
          return inner.store.data.addJob(newJob);
        },
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
    expect(await inner.queue.getJobCountByTypes('waiting')).toBe(3);
  });

  it.each<[what: string, fails: 'claimOf' | 'countCampaignJob' | 'closeCampaign', storedBefore: boolean]>([
    ['a look', 'claimOf', true],
    ['a look, and nothing was stored', 'claimOf', false],
    ['a count', 'countCampaignJob', true],
    ['the last word', 'closeCampaign', true],
  ])(
    'says rightly whether a part of it may be stored, where %s is refused',
    async (_, fails, storedBefore) => {
      await using inner = world();
      const { data } = inner.store;
      let asked = 0;
      const refusing = async (): Promise<never> => {
        throw new ReplyError('OOM command not allowed when used memory > maxmemory.');
      };
      const call = (...args: Parameters<(typeof data)[typeof fails]>) => {
        asked += 1;
        const isRefused = asked > 1 || !storedBefore || fails === 'closeCampaign';
        return isRefused ? refusing() : (data[fails] as (...given: unknown[]) => Promise<unknown>)(...args);
      };
      const store: ManyStore = { ...inner.store, data: { ...data, [fails]: call } };
      // A look is taken before each job as long as none was new.
      const first = fails === 'claimOf' && storedBefore ? numbers(2) : [];
      if (first.length > 0) await sendMany(first, options, campaign(), inner.store);
      const many = sendMany(numbers(6), options, campaign(), store);
      await expect(many).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'OOM' });
      const stored = (await inner.queue.getJobCountByTypes('waiting')) - first.length / 2;
      await expect(many).rejects.toMatchObject({ mayBeStored: stored > 0 });
      const words = await many.catch(({ message }) => message);
      expect(words.includes('stored in part')).toBe(stored > 0);
      expect(await sendMany(numbers(6), options, campaign(), inner.store)).toMatchObject({ messages: 6 });
    },
  );

  it('that turns out to be another keeps to what it has stored, and says so', async () => {
    await using inner = world();
    await sendMany(numbers(4).slice(2), options, campaign(), inner.store);
    const other = sendMany(numbers(4), options, campaign(), inner.store);
    await expect(other).rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT', mayBeStored: false });
  });

  it('takes nothing more once the producer is closed, however slow the list is', async () => {
    await using inner = world();
    const { promise: closed, reject: close } = Promise.withResolvers<never>();
    async function* endless(): AsyncGenerator<string> {
      yield* numbers(4);
      await new Promise(() => {});
    }
    const call = sendMany(endless(), options, campaign(), { ...inner.store, closed });
    await waitFor(async () => (await inner.queue.getJobCountByTypes('waiting')) === 2);
    close(new ProducerError('PRODUCER_CLOSED'));
    await expect(call).rejects.toMatchObject({ code: 'PRODUCER_CLOSED', mayBeStored: true });
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

describe('a campaign that is enqueued again', () => {
  const hour = 3_600_000;

  it.each<[string, Partial<ManyOptions>, string]>([
    ['another lane', { lane: 'transactional' }, 'lane'],
    ['another time', { sendAt: Date.now() + 5 * hour }, 'sendAt'],
    ['another deadline', { deadline: Date.now() + 5 * hour }, 'deadline'],
    ['another choice for uncertain ends', { whenUncertain: 'resend' }, 'whenUncertain'],
    ['another title', { title: 'OTHER' }, 'title'],
    ['another text', { text: 'Selam' }, 'text'],
  ])('with %s is refused, and adds nothing', async (_, change, field) => {
    await using inner = world();
    await sendMany(numbers(4), options, campaign(), inner.store);
    const again = sendMany(numbers(8), { ...options, ...change }, campaign(change), inner.store);
    await expect(again).rejects.toMatchObject({
      code: 'CAMPAIGN_CONFLICT',
      fields: [field],
      messageId: expect.stringMatching(/^m[0-9a-z]{20}$/),
    });
    expect(await inner.queue.getJobCountByTypes('waiting', 'delayed')).toBe(2);
  });

  it('tells the ids of its messages, also of those that an earlier call has stored', async () => {
    await using inner = world();
    const recipients = [numberAt(0), 'no number', numberAt(1), numberAt(0), numberAt(2)];
    const tellTo = (ids: Map<number, string>): Partial<ManyOptions> => ({
      onStored: (stored) => {
        for (const [at, index] of stored.indices.entries()) ids.set(index, stored.ids[at] ?? '');
      },
    });
    const first = new Map<number, string>();
    const second = new Map<number, string>();
    await sendMany(recipients, { ...options, ...tellTo(first) }, campaign(), inner.store);
    await sendMany(recipients, { ...options, ...tellTo(second) }, campaign(), inner.store);
    const jobs = await inner.queue.getWaiting();
    const stored = jobs.flatMap(({ id = '', data }) =>
      data.to.map((to: string, index: number) => [messageIdAt(id, data, index), to]),
    );
    expect(Object.fromEntries(stored)).toEqual({
      [first.get(0) ?? '']: numberAt(0),
      [first.get(2) ?? '']: numberAt(1),
      [first.get(4) ?? '']: numberAt(2),
    });
    expect(second).toEqual(first);
  });

  it('says until when what is stored may be sent', async () => {
    await using inner = world();
    const scheduled = { sendAt: Date.now() + hour, deadline: Date.now() + 2 * hour };
    const first = await sendMany(numbers(4), options, campaign(scheduled), inner.store);
    expect(first.deadlineAt).toBe(scheduled.deadline);
    const again = await sendMany(numbers(4), options, campaign(), inner.store);
    expect(again).toMatchObject({ duplicates: 4, deadlineAt: scheduled.deadline });
    const more = await sendMany(numbers(6), options, campaign({ deadline: scheduled.deadline }), inner.store);
    expect(more).toMatchObject({ messages: 6, duplicates: 4, deadlineAt: scheduled.deadline });
  });

  it('is compared with what was stored, also when its jobs are long gone', async () => {
    await using inner = world();
    const first = await sendMany(numbers(4), options, campaign(), inner.store);
    for (const { id = '' } of await inner.queue.getJobs(['waiting'])) await redis.del(inner.queue.toKey(id));
    const again = await sendMany(numbers(4), options, campaign(), inner.store);
    expect(again).toMatchObject({ messages: 4, duplicates: 4, deadlineAt: first.deadlineAt });
    const later = { sendAt: Date.now() + 5 * hour };
    await expect(sendMany(numbers(6), options, campaign(later), inner.store)).rejects.toMatchObject({
      code: 'CAMPAIGN_CONFLICT',
      fields: ['sendAt'],
    });
    expect(await inner.queue.getJobCountByTypes('delayed')).toBe(0);
  });
});

describe('a number that is there more than once', () => {
  const spellings = (n: number): readonly string[] => [
    numberAt(n),
    `+90 (${numberAt(n).slice(2, 5)}) ${numberAt(n).slice(5)}`,
    `0${numberAt(n).slice(2)}`,
  ];
  const recipients: readonly Recipient[] = [
    ...spellings(1),
    numberAt(2),
    { to: numberAt(1), text: 'Başka' },
    'x',
    ...numbers(4),
    numberAt(3),
  ];
  /** Six repeats; two of the chunks have nothing else, and give no job. */
  const expected = { messages: 4, refused: 1, repeated: 6, duplicates: 0 };

  const stored = async (queue: Queue): Promise<readonly string[]> => {
    const jobs = await queue.getJobs(['waiting']);
    return jobs.flatMap((job) => job.data.to).toSorted();
  };

  it('is texted once, in whatever spelling and with whatever text, and the others are counted', async () => {
    await using inner = world();
    const progress: ManyProgress[] = [];
    const onProgress = (soFar: ManyProgress): void => void progress.push(soFar);
    const receipt = await sendMany(recipients, { ...options, onProgress }, campaign(), inner.store);
    expect(receipt).toMatchObject(expected);
    expect(await stored(inner.queue)).toEqual(numbers(4));
    expect(progress.at(-1)).toEqual({ messages: 4, refused: 1, repeated: 6 });
  });

  it('gives the same jobs when the campaign is enqueued again', async () => {
    await using inner = world();
    const first = await sendMany(recipients, options, campaign(), inner.store);
    const again = await sendMany(recipients, options, campaign(), inner.store);
    expect(again).toMatchObject({ ...expected, jobs: first.jobs, duplicates: 4 });
    expect(await stored(inner.queue)).toEqual(numbers(4));
  });

  it('is counted in the same way in a dry run', async () => {
    await using inner = world();
    const dry = await sendMany(recipients, { ...options, dryRun: true }, campaign(), inner.store);
    const { deadlineAt: _, ...receipt } = await sendMany(recipients, options, campaign(), inner.store);
    expect(dry).toMatchObject(receipt);
  });

  it('is texted as often as it is there where repeats are allowed', async () => {
    await using inner = world();
    const allowing = { ...options, allowRepeats: true };
    const receipt = await sendMany(recipients, allowing, campaign(), inner.store);
    expect(receipt).toMatchObject({ messages: 10, refused: 1, repeated: 0 });
    expect(await stored(inner.queue)).toHaveLength(10);
  });

  it('makes another campaign of one that is enqueued again with repeats allowed', async () => {
    await using inner = world();
    await sendMany(recipients, options, campaign(), inner.store);
    const allowing = { ...options, allowRepeats: true };
    await expect(sendMany(recipients, allowing, campaign(), inner.store)).rejects.toMatchObject({
      code: 'CAMPAIGN_CONFLICT',
    });
    expect(await stored(inner.queue)).toEqual(numbers(4));
  });
});
