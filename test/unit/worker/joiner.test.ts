import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../src/message/lane.ts';
import { createJoiner, type JoinerOptions } from '../../../src/worker/joiner.ts';
import type { Joinable } from '../../../src/worker/waiting-jobs.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Item extends Joinable {
  readonly name: string;
}

const item = (name: string, lane: Lane = 'bulk', change: Partial<Item> = {}): Item => ({
  name,
  lane,
  batchKey: 'A',
  messages: 1,
  ...change,
});

/** A joiner whose requests end when the test says so. */
function world(options: Partial<JoinerOptions<Item>> = {}) {
  const left: string[][] = [];
  const replies: Array<() => void> = [];
  const joiner = createJoiner<Item>({
    requests: 100,
    requestsForOtp: 0,
    batchSize: 1,
    batchWaitMs: 0,
    now: () => 0,
    send(group) {
      left.push(group.map(({ name }) => name));
      return new Promise((resolve) => replies.push(resolve));
    },
    ...options,
  });
  const add = (...items: Item[]): void => {
    for (const one of items) joiner.add(one);
  };
  /** The oldest request under way ends. */
  const reply = async (): Promise<void> => {
    replies.shift()?.();
    await nextTurn();
  };
  return { joiner, left, add, reply };
}

describe('requests', () => {
  it('leave one by one without batching, in the order of arrival', async () => {
    const { add, left } = world();
    add(item('a'), item('b'), item('c'));
    await nextTurn();
    expect(left).toEqual([['a'], ['b'], ['c']]);
  });

  it('leave the most urgent lane first', async () => {
    const { add, left } = world();
    add(item('b'), item('t', 'transactional'), item('o', 'otp'));
    await nextTurn();
    expect(left).toEqual([['o'], ['t'], ['b']]);
  });

  it('are bounded, and the next leaves when one has ended, however it ended', async () => {
    const { add, left, reply } = world({ requests: 2 });
    add(item('a'), item('b'), item('c'));
    await nextTurn();
    expect(left).toEqual([['a'], ['b']]);
    await reply();
    expect(left).toEqual([['a'], ['b'], ['c']]);
  });

  it('go on after one that was rejected', async () => {
    const left: string[] = [];
    const { add } = world({
      requests: 1,
      send: ([first]) => {
        left.push(first?.name ?? '');
        return Promise.reject(new Error('no'));
      },
    });
    add(item('a'), item('b'));
    await waitFor(() => left.length === 2);
  });

  it('keep one for an OTP, so that bulk cannot take all of them', async () => {
    const { add, left } = world({ requests: 3, requestsForOtp: 1 });
    add(item('a'), item('b'), item('c'));
    await nextTurn();
    expect(left).toEqual([['a'], ['b']]);
    add(item('o', 'otp'), item('p', 'otp'));
    await nextTurn();
    expect(left).toEqual([['a'], ['b'], ['o']]);
  });

  it('leave for bulk also where the only one would be kept for an OTP', async () => {
    const { add, left } = world({ requests: 1, requestsForOtp: 1 });
    add(item('a'));
    await nextTurn();
    expect(left).toEqual([['a']]);
  });
});

describe('batches', () => {
  const batching = { batchSize: 3, batchWaitMs: 1_000 };

  it('leave at once when they are full', async () => {
    const { add, left } = world(batching);
    add(item('first', 'otp'), item('a'), item('b'), item('c'), item('d'));
    await nextTurn();
    expect(left).toEqual([['first'], ['a', 'b', 'c']]);
  });

  it('are only of one key', async () => {
    const { add, left } = world(batching);
    const other = { batchKey: 'B' };
    add(
      item('first', 'otp'),
      item('a'),
      item('x', 'bulk', other),
      item('b'),
      item('y', 'bulk', other),
      item('c'),
    );
    await nextTurn();
    expect(left).toEqual([['first'], ['a', 'b', 'c']]);
  });

  it('leave at once, however small, while nothing else is under way', async () => {
    const { add, left } = world(batching);
    add(item('a'), item('b'));
    await nextTurn();
    expect(left).toEqual([['a', 'b']]);
  });

  it('leave unfilled when the oldest has waited long enough beside requests under way', async () => {
    let now = 0;
    const { add, left } = world({ ...batching, batchWaitMs: 20, now: () => now });
    add(item('first'));
    await nextTurn();
    add(item('a'));
    now = 10;
    add(item('b'));
    await nextTurn();
    expect(left).toEqual([['first']]);
    now = 20;
    await waitFor(() => left.length > 1);
    expect(left).toEqual([['first'], ['a', 'b']]);
  });

  it('count messages, and not jobs', async () => {
    const { add, left, reply } = world({ batchSize: 10, requests: 1 });
    add(item('first'));
    await nextTurn();
    add(item('a', 'bulk', { messages: 6 }), item('b', 'bulk', { messages: 4 }), item('c'));
    await reply();
    await reply();
    expect(left).toEqual([['first'], ['a', 'b'], ['c']]);
  });

  it('of another lane do not wait longer because a lane before them waits', async () => {
    const began = performance.now();
    const { add, left } = world({
      batchSize: 5,
      batchWaitMs: 150,
      requests: 2,
      now: () => performance.now(),
    });
    add(item('o', 'otp'), item('b'));
    await waitFor(() => performance.now() - began > 100);
    add(item('t', 'transactional'));
    await waitFor(() => left.length === 2);
    // Had it waited for as long as the lane before it, that lane would have left first.
    expect(left[1]).toEqual(['b']);
  });

  it('never make an OTP wait, and OTPs that are there together travel together', async () => {
    const { add, left } = world(batching);
    add(item('o', 'otp'), item('p', 'otp'));
    await nextTurn();
    expect(left).toEqual([['o', 'p']]);
  });

  it('are not joined by a job of many messages, which does not wait either', async () => {
    const { add, left } = world(batching);
    add(item('first', 'otp'), item('a'), item('many', 'bulk', { batchKey: 'many', messages: 500 }));
    await nextTurn();
    expect(left).toEqual([['first'], ['many']]);
  });

  it('go on filling while all requests are under way', async () => {
    const { add, left, reply } = world({ batchSize: 3, requests: 1 });
    add(item('a'));
    await nextTurn();
    add(item('b'), item('c'));
    await nextTurn();
    await reply();
    expect(left).toEqual([['a'], ['b', 'c']]);
  });
});

describe('taking back', () => {
  it('gives what has not left, and nothing of it leaves later', async () => {
    const { add, left, joiner, reply } = world({ requests: 1 });
    add(item('a'));
    await nextTurn();
    add(item('b'), item('o', 'otp'));
    expect(joiner.takeBack().map(({ name }) => name)).toEqual(['o', 'b']);
    await reply();
    expect(left).toEqual([['a']]);
    expect(joiner.takeBack()).toEqual([]);
  });
});

describe('for any arrival', () => {
  const arrivals = fc.array(
    fc.record({
      lane: fc.constantFrom<Lane>('otp', 'transactional', 'bulk'),
      batchKey: fc.constantFrom('A', 'B'),
    }),
    { maxLength: 30 },
  );

  it('every job leaves exactly once, with others of its kind, within the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 5 }), async (jobs, batchSize) => {
        const groups: (readonly Item[])[] = [];
        const joiner = createJoiner<Item>({
          requests: 2,
          requestsForOtp: 1,
          batchSize,
          batchWaitMs: 0,
          now: () => 0,
          send: async (group) => void groups.push(group),
        });
        jobs.forEach((job, index) => {
          joiner.add({ ...job, name: String(index), messages: 1 });
        });
        await waitFor(() => groups.flat().length >= jobs.length, { everyMs: 0 });
        const names = groups.flat().map(({ name }) => Number(name));
        expect(names.toSorted((a, b) => a - b)).toEqual(jobs.map((_, index) => index));
        for (const group of groups) {
          expect(group.length).toBeLessThanOrEqual(batchSize);
          expect(new Set(group.map(({ lane, batchKey }) => lane + batchKey)).size).toBe(1);
        }
      }),
      { numRuns: 30 },
    );
  });
});
