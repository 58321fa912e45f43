import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedMessage } from '../../../src/message/message.ts';
import { type Batches, createBatches, type Sending } from '../../../src/producer/batches.ts';
import { ProducerError } from '../../../src/producer/errors.ts';
import type { NewCall, StoredCall } from '../../../src/producer/store-jobs.ts';
import { parseSendJob } from '../../../src/queue/send-job.ts';

const now = 1_800_000_000_000;
const minute = 60_000;

const sending = (n: number, change: Partial<CheckedMessage> = {}, keyed = false): Sending => ({
  account: 'acme',
  message: {
    to: String(905_320_000_000 + n),
    text: `text ${n}`,
    title: 'ACME',
    lane: 'transactional',
    whenUncertain: 'park',
    parts: 1,
    deadlineAtMs: now + minute,
    ...change,
  } as CheckedMessage,
  claim: keyed ? { name: `k${n}`, content: 'c', wish: {}, askedAt: now, windowMs: 1_000 } : undefined,
  now,
});

/** Batches whose writes end when the test says so. */
function world(): { readonly batches: Batches; readonly calls: NewCall[]; end(): Promise<void> } {
  const calls: NewCall[] = [];
  const ends: ((stored: StoredCall) => void)[] = [];
  const batches = createBatches((call) => {
    calls.push(call);
    return new Promise((resolve) => ends.push(resolve));
  });
  return {
    batches,
    calls,
    async end() {
      ends.shift()?.({ id: `m${calls.length}`, earlier: [] });
      await new Promise(setImmediate);
    },
  };
}

const sizes = (calls: readonly NewCall[]): readonly number[] => calls.map(({ job }) => job.to.length);

describe('a send', () => {
  it('that comes alone is written at once and by itself', () => {
    const { batches, calls } = world();
    void batches.send(sending(1));
    expect(sizes(calls)).toEqual([1]);
    expect(calls[0]?.job).toMatchObject({ to: ['905320000001'], text: 'text 1', deadlineAt: now + minute });
    expect(calls[0]?.job).not.toHaveProperty('joined');
  });

  it('that comes while a write is under way goes with the next one', async () => {
    const { batches, calls, end } = world();
    for (let n = 0; n < 5; n += 1) void batches.send(sending(n));
    expect(sizes(calls)).toEqual([1]);
    await end();
    expect(sizes(calls)).toEqual([1, 4]);
    expect(calls[1]?.job).toMatchObject({
      joined: true,
      to: ['905320000001', '905320000002', '905320000003', '905320000004'],
      text: ['text 1', 'text 2', 'text 3', 'text 4'],
      parts: 4,
    });
  });

  it('that fills a job does not wait for the write before it, unless many are under way', async () => {
    const { batches, calls, end } = world();
    for (let n = 0; n < 1 + 99; n += 1) void batches.send(sending(n));
    expect(sizes(calls)).toEqual([1]);
    for (let n = 100; n < 1 + 4 * 100 + 7; n += 1) void batches.send(sending(n));
    expect(sizes(calls)).toEqual([1, 100, 100, 100]);
    await end();
    expect(sizes(calls)).toEqual([1, 100, 100, 100, 100]);
    for (let n = 0; n < 3; n += 1) await end();
    expect(sizes(calls)).toEqual([1, 100, 100, 100, 100]);
    await end();
    expect(sizes(calls)).toEqual([1, 100, 100, 100, 100, 7]);
  });

  it('is told its place in the job', async () => {
    const { batches, end } = world();
    const sent = [0, 1, 2, 3].map((n) => batches.send(sending(n)));
    await end();
    await end();
    const [first, ...others] = await Promise.all(sent);
    expect(first?.index).toBe(0);
    expect(others.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(others.map(({ stored }) => stored)).size).toBe(1);
  });

  it('never shares a job with more than 99 others', async () => {
    const { batches, calls, end } = world();
    for (let n = 0; n < 252; n += 1) void batches.send(sending(n));
    for (let n = 0; n < 5; n += 1) await end();
    expect(sizes(calls)).toEqual([1, 100, 100, 51]);
  });

  it.each<[string, Partial<CheckedMessage>, boolean]>([
    ['lane', { lane: 'otp' }, false],
    ['title', { title: 'OTHER' }, false],
    ['choice for an uncertain end', { whenUncertain: 'resend' }, false],
    ['choice for an end that was asked about', { whenUncertain: 'ask', whenNotFound: 'resend' }, false],
    ['minute of its deadline', { deadlineAtMs: now + 2 * minute }, false],
    ['reference', { reference: 'order-17' }, false],
    ['way to count parts', { partsModel: 'turkish-letters' }, false],
    ['right to be written twice', {}, true],
  ])('shares no job with those of another %s', async (_, change, keyed) => {
    const { batches, calls, end } = world();
    for (let n = 0; n < 4; n += 1) void batches.send(sending(n));
    for (let n = 4; n < 8; n += 1) void batches.send(sending(n, change, keyed));
    for (let n = 0; n < 4; n += 1) await end();
    expect(sizes(calls).toSorted()).toEqual([1, 1, 3, 3]);
  });

  it('that is scheduled has a job of its own', async () => {
    const { batches, calls } = world();
    for (let n = 0; n < 5; n += 1) void batches.send(sending(n, { sendAtMs: now + 1_000 }));
    await new Promise(setImmediate);
    expect(sizes(calls)).toEqual([1, 1, 1, 1, 1]);
    expect(calls[0]?.job.sendAt).toBe(now + 1_000);
  });

  it('keeps its own deadline and its own claim', async () => {
    const { batches, calls, end } = world();
    for (let n = 0; n < 5; n += 1) void batches.send(sending(n, { deadlineAtMs: now + minute + n }, true));
    await end();
    const [, second] = calls;
    expect(second?.job).toMatchObject({ deadlineAt: now + minute + 1, laterMs: [0, 1, 2, 3] });
    expect(second?.claims.map(({ name, index }) => [name, index])).toEqual([
      ['k1', 0],
      ['k2', 1],
      ['k3', 2],
      ['k4', 3],
    ]);
    expect(parseSendJob(second?.job).ok).toBe(true);
  });

  it('fails with those that it shares a job with, and with no others', async () => {
    let calls = 0;
    const batches = createBatches(async () => {
      calls += 1;
      const call = calls;
      await new Promise(setImmediate);
      if (call === 2) throw new Error('no');
      return { id: 'm', earlier: [] };
    });
    const sent = await Promise.allSettled(Array.from({ length: 105 }, (_, at) => batches.send(sending(at))));
    const states = sent.map(({ status }) => status);
    expect(states.filter((state) => state === 'rejected')).toHaveLength(100);
    expect([states[0], states[101], states[104]]).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('that had waited when a write began fails with it where Redis was silent; one that came later goes on', async () => {
    const calls: number[] = [];
    const ends: PromiseWithResolvers<StoredCall>[] = [];
    const batches = createBatches(({ job }) => {
      calls.push(job.to.length);
      const end = Promise.withResolvers<StoredCall>();
      ends.push(end);
      return end.promise;
    });
    const send = (first: number, count: number) =>
      Promise.allSettled(Array.from({ length: count }, (_, at) => batches.send(sending(first + at))));
    const stored = { id: 'm', earlier: [] };
    const atOnce = send(0, 301);
    const waited = send(301, 150);
    expect(calls).toEqual([1, 100, 100, 100]);
    ends[0]?.resolve(stored);
    await new Promise(setImmediate);
    const later = send(451, 30);
    expect(calls.slice(4)).toEqual([100]);
    ends[4]?.reject(new ProducerError('REDIS_UNAVAILABLE', { mayBeStored: true, messageId: 'm' }));
    const codes = (await waited).map((one) => one.status === 'rejected' && one.reason.code);
    expect(codes).toEqual(Array.from({ length: 150 }, () => 'REDIS_UNAVAILABLE'));
    for (const end of ends) end.resolve(stored);
    await new Promise(setImmediate);
    expect(calls.slice(5)).toEqual([30]);
    ends[5]?.resolve(stored);
    const ended = [...(await atOnce), ...(await later)];
    expect(ended.every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('is in exactly one job, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('send', 'end'), { maxLength: 60 }), async (steps) => {
        const { batches, calls, end } = world();
        let count = 0;
        for (const step of steps) {
          if (step === 'end') await end();
          else void batches.send(sending(count++));
        }
        while (calls.flatMap(({ job }) => job.to).length < count) await end();
        const numbers = calls.flatMap(({ job }) => job.to);
        expect(numbers).toEqual(Array.from({ length: count }, (_, at) => String(905_320_000_000 + at)));
      }),
      { numRuns: 50 },
    );
  });
});
