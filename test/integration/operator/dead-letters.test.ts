import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createDeadLetterStore } from '../../../src/bullmq/dead-letter-store.ts';
import { createJobFinder } from '../../../src/bullmq/find-job.ts';
import type { Lane } from '../../../src/message/lane.ts';
import {
  beginReplay,
  enqueueReplay,
  type ReplayTools,
} from '../../../src/operator/dead-letters/replay-steps.ts';
import { type DeadLetters, openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { callRedis } from '../../../src/operator/operator-error.ts';
import { jobAdder } from '../../../src/queue/add-jobs.ts';
import { countCampaignJob, readCampaign } from '../../../src/queue/campaign.ts';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import { mediaHash, mediaMemoryMs, storeMedia } from '../../../src/queue/media.ts';
import { keys } from '../../../src/queue/names.ts';
import { type DeadLetterFixture, openDeadLetterFixture } from '../../support/dead-letters.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { sendJob } from '../../support/send-job.ts';
import { collect } from '../../unit/cli/capture.ts';

let redis: Redis;
let prefix: string;
let yard: DeadLetterFixture;
let letters: DeadLetters;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  prefix = freshPrefix();
  yard = openDeadLetterFixture(redis, prefix);
  letters = openDeadLetters({ redis, prefix });
  return async () => {
    await letters.close();
    await yard[Symbol.asyncDispose]();
  };
});

const asFastAsRedis = { ratePerSecond: 0 } as const;

/** Takes and completes everything that waits, keeping at most `keep` of the completed jobs. */
async function workOff(keep: number): Promise<readonly string[]> {
  const taken: string[] = [];
  const worker = new Worker(yard.queue.name, async (job) => void taken.push(job.id ?? ''), {
    connection: redis,
    prefix,
    removeOnComplete: { count: keep },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.on('drained', resolve);
  await worker.waitUntilReady();
  await promise;
  await worker.close();
  return taken;
}

/** What a worker has recorded of a job. */
const putRecord = (id: string, journal: Journal): Promise<number> =>
  redis.hset(keys.record(prefix, yard.queue.name, id), { run: 1, journal: JSON.stringify(journal) });

/** A source job in the account's queue that a worker has taken and not finished. */
async function takeSource(id: string) {
  await yard.queue.add('transactional', sendJob(), { jobId: id, attempts: 1 });
  const worker = new Worker(yard.queue.name, undefined, { connection: redis, prefix });
  const job = await worker.getNextJob('token');
  return {
    async finish() {
      await job?.moveToFailed(new Error('dead letter'), 'token');
      await worker.close();
    },
  };
}

describe('replay', () => {
  it('enqueues the message anew, with a fresh deadline, behind everything else, and names its origin', async () => {
    const enqueuedAt = Date.now() - 600_000;
    await yard.put('m1', {
      job: { lane: 'otp', whenUncertain: 'resend', enqueuedAt, deadlineAt: enqueuedAt + 300_000 },
    });
    const before = Date.now();
    expect(await letters.replay({})).toEqual({
      ...{ dryRun: false, stopped: false, replayed: 1, messages: 1, parts: 1, skipped: {} },
    });
    expect(await yard.letterIds()).toEqual([]);
    const job = await yard.queue.getJob('m1.r1');
    expect(job?.data).toMatchObject({
      ...{ lane: 'bulk', whenUncertain: 'resend', text: 'Merhaba' },
      origin: { id: 'm1', rootId: 'm1', replay: 1 },
    });
    expect(job?.data.enqueuedAt).toBeGreaterThanOrEqual(before);
    expect(job?.data.deadlineAt - job?.data.enqueuedAt).toBe(300_000);
  });

  it('takes another lane and deadline where it is told to', async () => {
    await yard.put('m1', { job: { lane: 'otp' } });
    await letters.replay({}, { lane: 'own', deadlineMs: 5_000 });
    await using own = openDeadLetterFixture(redis, prefix, 'default', 'otp');
    const { lane, enqueuedAt, deadlineAt } = await own.dataOf('m1.r1');
    expect({ lane, span: deadlineAt - enqueuedAt }).toEqual({ lane: 'otp', span: 5_000 });
  });

  it('enqueues once where a replay that was cut off is done again with another lane', async () => {
    await yard.put('m1');
    const first = await letters.replay({}, { lane: 'transactional' });
    await yard.put('m1');
    await redis.del(keys.replayed(prefix, 'default', 'm1'));
    await letters.replay({}, { lane: 'otp' });
    expect(first).toMatchObject({ replayed: 1 });
    const waits = async (lane: Lane): Promise<readonly string[]> => {
      await using one = openDeadLetterFixture(redis, prefix, 'default', lane);
      return one.waitingIds();
    };
    expect([await waits('otp'), await waits('transactional')]).toEqual([[], ['m1.r1']]);
  });

  it.each([
    ['transactional', 'otp', { whenUncertain: 'ask' }, { whenUncertain: 'ask', whenNotFound: 'park' }],
    ['otp', 'bulk', { whenUncertain: 'ask' }, { whenUncertain: 'ask', whenNotFound: 'resend' }],
    ['bulk', 'otp', { whenUncertain: 'ask', whenNotFound: 'resend' }, { whenUncertain: 'ask' }],
    ['otp', 'bulk', { whenUncertain: 'park' }, { whenUncertain: 'park' }],
  ] as const)(
    'from %s into %s keeps what becomes of the message where no answer comes: %j',
    async (lane, into, wish, kept) => {
      await yard.put('m1', { job: { lane, ...wish } });
      await letters.replay({}, { lane: into });
      await using target = openDeadLetterFixture(redis, prefix, 'default', into);
      const { whenUncertain, whenNotFound } = await target.dataOf('m1.r1');
      expect({ whenUncertain, whenNotFound }).toEqual({ whenNotFound: undefined, ...kept });
    },
  );

  it('begins the count of attempts anew for a piece of a divided job', async () => {
    await yard.put('m1.0', { pieceOf: 'm1', job: { before: { attempts: 3, resends: 1 } } });
    await letters.replay({});
    expect(await yard.dataOf('m1.0.r1')).not.toHaveProperty('before');
  });

  it('keeps the medium of an MMS, and leaves the letter where the medium is gone', async () => {
    const data = Buffer.from('abc');
    const hash = mediaHash(data, 'a'.repeat(64));
    const media = { hash, contentType: 'image/png', subject: 'Konu', bytes: 3 };
    await yard.put('m1', { job: { media } });
    const gone = { replayed: 0, skipped: { 'media-gone': 1 } };
    expect(await letters.replay({}, { dryRun: true })).toMatchObject(gone);
    expect(await letters.replay({})).toMatchObject(gone);
    const place = { prefix, account: 'default' };
    await storeMedia(redis, place, { hash, data, keepMs: 1_000 });
    expect(await letters.replay({})).toMatchObject({ replayed: 1 });
    expect(await redis.pttl(keys.media(prefix, 'default', hash))).toBeGreaterThan(mediaMemoryMs);
  });

  it('gives the message back to its campaign as waiting, once', async () => {
    const place = { prefix, account: 'default', campaign: 'autumn' };
    await countCampaignJob(redis, place, { position: 0, messages: 2, deadlineAt: 2, now: 1 });
    await redis.hincrby(keys.campaign(prefix, 'default', 'autumn'), 'dead:12', 2);
    await yard.put('m1', { job: { campaign: 'autumn', to: ['905321234567', '905321234568'] } });
    expect(await readCampaign(redis, place)).toMatchObject({ waiting: 0, dead: { 12: 2 } });
    await letters.replay({});
    await yard.put('m1', { job: { campaign: 'autumn', to: ['905321234567', '905321234568'] } });
    await letters.replay({});
    expect(await readCampaign(redis, place)).toMatchObject({ waiting: 2, dead: {} });
    expect((await yard.dataOf('m1.r1')).campaign).toBe('autumn');
  });

  it('takes a message that was called off out of its campaign', async () => {
    await yard.put('m1', { facts: { reason: 'cancelled' }, job: { campaign: 'autumn' } });
    await letters.replay({}, { includeCancelled: true });
    expect(await yard.dataOf('m1.r1')).not.toHaveProperty('campaign');
  });

  it('is not stopped by the idempotency window of the first message', async () => {
    const claims = [{ name: 'k0123', value: 'm1 x tp 1 1 1', ttlMs: 60_000 }];
    await jobAdder(redis)(yard.queue, [{ id: 'm1', job: sendJob({ account: 'default' }), now: 1, claims }]);
    await workOff(100);
    await yard.put('m1');
    expect(await letters.replay({})).toMatchObject({ replayed: 1 });
    expect(await yard.waitingIds()).toEqual(['m1.r1']);
  });

  it('counts the replays of a chain in the id', async () => {
    await yard.put('m1.r1', { job: { origin: { id: 'm1', rootId: 'm1', replay: 1 } } });
    await letters.replay({});
    expect((await yard.dataOf('m1.r2')).origin).toEqual({ id: 'm1.r1', rootId: 'm1', replay: 2 });
  });

  it('gives the pieces of a divided replay ids of their own', async () => {
    const origin = { id: 'm1', rootId: 'm1', replay: 1 };
    await yard.put('m1.r1.0', { pieceOf: 'm1.r1', job: { origin } });
    await yard.put('m1.r1.1', { pieceOf: 'm1.r1', job: { origin } });
    expect(await letters.replay({})).toMatchObject({ replayed: 2 });
    expect(await yard.waitingIds()).toEqual(['m1.r1.0.r1', 'm1.r1.1.r1']);
    const trace = await letters.show('m1.r1.0.r1');
    expect(trace?.origins.map(({ id }) => id)).toEqual(['m1', 'm1.r1', 'm1.r1.0']);
  });

  it('leaves out what has expired, may have arrived, was called off or cannot be read', async () => {
    await yard.put('expired', { facts: { reason: 'expired' } });
    await yard.put('uncertain', { facts: { reason: 'uncertain', code: 'crash', mayHaveArrived: true } });
    await yard.put('arrived', { facts: { reason: 'exhausted', code: 'dns', mayHaveArrived: true } });
    await yard.put('cancelled', { facts: { reason: 'cancelled' } });
    await yard.put('invalid', { facts: { reason: 'invalid' }, data: { v: 99 } });
    expect(await letters.replay({})).toMatchObject({
      replayed: 0,
      skipped: { expired: 1, uncertain: 2, cancelled: 1, invalid: 1 },
    });
    const all = { includeExpired: true, includeUncertain: true, includeCancelled: true };
    expect(await letters.replay({}, all)).toMatchObject({ replayed: 4, skipped: { invalid: 1 } });
    expect(await yard.letterIds()).toEqual(['invalid']);
  });

  it('replays a job that a newer worker can read', async () => {
    await yard.put('m1', { facts: { reason: 'invalid', text: 'too new' } });
    expect(await letters.replay({})).toMatchObject({ replayed: 1 });
  });

  it('says what it would do, and does nothing, in a dry run', async () => {
    await yard.put('m1', { job: { to: ['905321234567', '905321234568'], parts: 4 } });
    await yard.put('m2');
    const source = await takeSource('m2');
    expect(await letters.replay({}, { dryRun: true })).toEqual({
      ...{ dryRun: true, stopped: false, replayed: 1, messages: 2, parts: 4 },
      skipped: { 'still-settling': 1 },
    });
    expect(await yard.letterIds()).toEqual(['m1', 'm2']);
    expect(await redis.exists(keys.replayed(prefix, 'default', 'm1'))).toBe(0);
    await source.finish();
  });

  it('waits for the worker that has not finished with the message', async () => {
    const source = await takeSource('m1');
    await yard.put('m1');
    expect(await letters.replay({})).toMatchObject({ replayed: 0, skipped: { 'still-settling': 1 } });
    await source.finish();
    expect(await letters.replay({})).toMatchObject({ replayed: 1, skipped: {} });
  });

  it('waits for the divided job that the letter is a piece of', async () => {
    const source = await takeSource('m1');
    await yard.put('m1.1', { pieceOf: 'm1' });
    expect(await letters.replay({})).toMatchObject({ skipped: { 'still-settling': 1 } });
    await source.finish();
    expect(await letters.replay({})).toMatchObject({ replayed: 1 });
  });

  it('leaves a message alone that JetSMS has accepted after all', async () => {
    const source = await takeSource('m1');
    await source.finish();
    const settled = { end: 'accepted', groupId: '1', at: 1, late: true } as const;
    await putRecord('m1', { ...emptyJournal, settled });
    await yard.put('m1', { facts: { reason: 'uncertain', mayHaveArrived: true } });
    const result = await letters.replay({}, { includeUncertain: true });
    expect(result).toMatchObject({ replayed: 0, skipped: { accepted: 1 } });
  });

  describe('after a crash', () => {
    let tools: ReplayTools;
    const letter: DeadLetter = {
      ...{ v: 1, reason: 'terminal', history: [], enqueuedAt: 1, diedAt: 1 },
      job: undefined,
    };
    const order = () => ({ id: 'm1', letter, job: sendJob({ account: 'default' }), lane: 'bulk' as const });
    beforeEach(async () => {
      const finder = createJobFinder(redis, { prefix, account: 'default' });
      onTestFinished(finder.close);
      tools = {
        store: createDeadLetterStore(redis, { prefix, account: 'default' }, callRedis),
        finder,
        addJobs: jobAdder(redis),
        now: Date.now,
      };
      await yard.put('m1');
    });

    it('loses nothing where only the new id was written down', async () => {
      await beginReplay(order(), tools, false);
      expect(await letters.replay({})).toMatchObject({ replayed: 1, skipped: {} });
      expect(await yard.waitingIds()).toEqual(['m1.r1']);
      expect(await yard.letterIds()).toEqual([]);
    });

    it('doubles nothing where the new message waits already', async () => {
      await beginReplay(order(), tools, false);
      await enqueueReplay(order(), tools);
      expect(await letters.replay({})).toMatchObject({ replayed: 0, skipped: { 'replayed-before': 1 } });
      expect(await yard.waitingIds()).toEqual(['m1.r1']);
      expect(await yard.letterIds()).toEqual([]);
    });

    it('doubles nothing where the new message has been sent and forgotten', async () => {
      await beginReplay(order(), tools, false);
      await enqueueReplay(order(), tools);
      await workOff(0);
      await enqueueReplay(order(), tools);
      expect(await letters.replay({})).toMatchObject({ skipped: { 'replayed-before': 1 } });
      expect(await yard.waitingIds()).toEqual([]);
      expect(await yard.letterIds()).toEqual([]);
    });

    it('does not let a letter be discarded whose replay was begun', async () => {
      await beginReplay(order(), tools, false);
      expect(await letters.discard({})).toMatchObject({ discarded: 0, skipped: { 'replay-begun': 1 } });
      expect(await letters.replay({})).toMatchObject({ replayed: 1 });
    });

    it('enqueues once where the letter is put again after its replay', async () => {
      await letters.replay({});
      await workOff(0);
      await yard.put('m1');
      expect(await letters.replay({})).toMatchObject({ replayed: 0, skipped: { 'replayed-before': 1 } });
      expect(await yard.waitingIds()).toEqual([]);
    });
  });

  it('enqueues each letter once when two operators replay the same at once', async () => {
    const count = 300;
    const ids = Array.from({ length: count }, (_, n) => `m${n}`);
    await Promise.all(ids.map((id) => yard.put(id)));
    await using other = openDeadLetters({ redis: sharedRedisUrl(), prefix });
    const results = await Promise.all([letters.replay({}, asFastAsRedis), other.replay({}, asFastAsRedis)]);
    expect(await yard.waitingIds()).toEqual(ids.map((id) => `${id}.r1`).sort());
    expect(await yard.letterIds()).toEqual([]);
    const removed = results.map(({ replayed, skipped }) => replayed + (skipped['replayed-before'] ?? 0));
    expect(removed.reduce((sum, one) => sum + one)).toBe(count);
  });

  it('stops between two messages, and says how far it came', async () => {
    for (let n = 0; n < 20; n += 1) await yard.put(`m${n}`);
    const stop = new AbortController();
    const result = await letters.replay(
      {},
      { ratePerSecond: 10, signal: stop.signal, onProgress: ({ replayed }) => replayed >= 2 && stop.abort() },
    );
    expect(result).toMatchObject({ stopped: true, replayed: 2 });
    expect(await yard.waitingIds()).toEqual(['m0.r1', 'm1.r1']);
    expect((await yard.letterIds()).length).toBe(18);
  });

  it('keeps its pace', async () => {
    for (let n = 0; n < 6; n += 1) await yard.put(`m${n}`);
    const startedAt = performance.now();
    await letters.replay({}, { ratePerSecond: 20 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  });

  it('counts its limit without what it leaves out', async () => {
    await yard.put('old', { facts: { reason: 'expired' } });
    for (const id of ['a', 'b', 'c']) await yard.put(id);
    expect(await letters.replay({ limit: 2 }, asFastAsRedis)).toMatchObject({ replayed: 2 });
    expect(await yard.waitingIds()).toEqual(['a.r1', 'b.r1']);
  });
});

describe('many letters', () => {
  const count = 5_000;
  const idOf = (n: number): string => `m${String(n).padStart(5, '0')}`;
  beforeEach(async () => {
    for (let from = 0; from < count; from += 500) {
      const some = Array.from({ length: 500 }, (_, n) => from + n);
      await Promise.all(
        some.map((n) => yard.put(idOf(n), { facts: { reason: 'terminal', code: n % 2 ? '12' : '80' } })),
      );
    }
  });

  it('are listed page by page without a gap or a repetition, while some of them go', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await letters.list({ code: '12' }, { size: 400, cursor });
      seen.push(...page.letters.map(({ id }) => id));
      cursor = page.next;
      const last = seen.at(-1);
      if (last) await letters.discard({ ids: [last] });
    } while (cursor !== undefined);
    const odd = Array.from({ length: count / 2 }, (_, n) => idOf(n * 2 + 1));
    expect(seen.toSorted()).toEqual(odd);
  });

  it('are replayed, the oldest first, while new ones come', async () => {
    let isFirst = true;
    const result = await letters.replay(
      { code: '80' },
      {
        ...asFastAsRedis,
        onProgress() {
          if (isFirst) yard.put('newcomer').catch(() => {});
          isFirst = false;
        },
      },
    );
    expect(result).toMatchObject({ replayed: count / 2, messages: count / 2 });
    expect(await yard.queue.getWaitingCount()).toBe(count / 2);
    expect((await yard.queue.getRanges(['wait'], 0, 0, true))[0]).toBe(`${idOf(0)}.r1`);
    expect(await yard.deadQueue.getWaitingCount()).toBe(count / 2 + 1);
  });
});

describe('show', () => {
  it('traces a message to its origin and to its replay, even when both are forgotten', async () => {
    await yard.put('m1');
    await letters.replay({});
    expect(await letters.show('m1')).toEqual({
      ...{ id: 'm1', state: 'replayed', origins: [], pieces: [] },
      replays: [{ id: 'm1.r1', state: 'waiting' }],
    });
    expect(await letters.show('m1.r1')).toMatchObject({
      ...{ id: 'm1.r1', state: 'waiting', replays: [] },
      origins: [{ id: 'm1', state: 'replayed' }],
    });
    await workOff(0);
    expect((await letters.show('m1'))?.replays).toEqual([{ id: 'm1.r1', state: 'forgotten' }]);
  });

  it('shows a dead letter that is a replay with its origin', async () => {
    await yard.put('m1.r1', { job: { origin: { id: 'm1', rootId: 'm1', replay: 1 } } });
    expect(await letters.show('m1.r1')).toMatchObject({
      ...{ state: 'dead-letter', letter: { id: 'm1.r1' } },
      origins: [{ id: 'm1', state: 'forgotten' }],
    });
  });

  it('follows a divided job to its pieces', async () => {
    await yard.queue.add('bulk', sendJob(), { jobId: 'm1' });
    await yard.put('m1.p0', { pieceOf: 'm1' });
    const facts = { reason: 'terminal', code: '12' } as const;
    const pieces = [
      { fate: 'dead', ranges: [[0, 1]], facts },
      { fate: 'accepted', ranges: [[1, 2]], groupId: '1' },
    ];
    const settled = { end: 'split', at: 1, pieces } as unknown as NonNullable<Journal['settled']>;
    await putRecord('m1', { ...emptyJournal, settled });
    expect((await letters.show('m1'))?.pieces).toEqual([
      { id: 'm1.p0', state: 'dead-letter' },
      { id: 'm1.p1', state: 'accepted' },
    ]);
  });

  it('knows nothing of a message that never was', async () => {
    expect(await letters.show('m1')).toBeUndefined();
  });
});

describe('summary, discard and export', () => {
  beforeEach(async () => {
    const hour = 3_600_000;
    await yard.put('a', { job: { title: 'SHOP', parts: 2 }, diedAt: Date.now() - 2 * hour });
    await yard.put('b', { facts: { reason: 'expired' }, job: { lane: 'otp' } });
    await yard.put('c', { facts: { reason: 'uncertain', code: 'crash', mayHaveArrived: true } });
    await yard.put('d', {
      facts: { reason: 'invalid', text: 'field to is missing' },
      data: { text: 'Gizli' },
    });
  });

  it('sums up by reason and code, with what a replay leaves out', async () => {
    expect(await letters.summary()).toEqual({
      ...{ letters: 4, messages: 4, parts: 4 },
      groups: [
        { reason: 'terminal', code: '12', letters: 1, messages: 1, parts: 2 },
        { reason: 'expired', letters: 1, messages: 1, parts: 1 },
        { reason: 'uncertain', code: 'crash', letters: 1, messages: 1, parts: 1 },
        { reason: 'invalid', letters: 1, messages: 1, parts: 0 },
      ],
      leftOut: { expired: 1, uncertain: 1, cancelled: 0, invalid: 1 },
    });
  });

  it.each([
    [{ title: 'SHOP' }, ['a']],
    [{ lane: 'otp' as const }, ['b']],
    [{ reason: 'uncertain' as const }, ['c']],
    [{ code: '12' }, ['a']],
    [{ olderThanMs: 3_600_000 }, ['a']],
    [{ newerThanMs: 3_600_000 }, ['d', 'c', 'b']],
    [{ ids: ['d', 'none', 'a'] }, ['a', 'd']],
  ])('finds by %o', async (filter, ids) => {
    expect((await letters.list(filter)).letters.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it('discards what is meant, for good', async () => {
    expect(await letters.discard({ code: '12' }, { dryRun: true })).toMatchObject({ discarded: 1 });
    expect(await letters.discard({ code: '12' })).toMatchObject({ discarded: 1, messages: 1 });
    expect(await yard.letterIds()).toEqual(['b', 'c', 'd']);
    expect(await letters.show('a')).toBeUndefined();
  });

  it('exports one JSON object a line, with numbers and texts only where they are to be revealed', async () => {
    const masked = (await collect(letters.export())).join('\n');
    expect(masked.split('\n').map((line) => JSON.parse(line).id)).toEqual(['a', 'b', 'c', 'd']);
    expect(masked).not.toMatch(/905321234567|Merhaba|Gizli/);
    const revealed = (await collect(letters.export({}, { reveal: true }))).join('\n');
    for (const secret of ['905321234567', 'Merhaba', 'Gizli']) expect(revealed).toContain(secret);
  });

  it('refuses a filter that means nothing', async () => {
    await expect(letters.list({ limit: Number.NaN })).rejects.toMatchObject({ code: 'FILTER_INVALID' });
    await expect(letters.list({}, { cursor: 'x' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });
});
