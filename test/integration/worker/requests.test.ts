import { describe, expect, it } from 'vitest';
import { openAccountQueues } from '../../../src/bullmq/account-queues.ts';
import type { JobRecords } from '../../../src/bullmq/job-records.ts';
import { createJetsmsClient } from '../../../src/jetsms/client.ts';
import { holdAccount } from '../../../src/operator/hold-operations.ts';
import { emptyRecord } from '../../../src/queue/job-record.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import { journalOrEmpty, parseJournalText } from '../../../src/queue/parse-journal.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { createEndpointBreaker } from '../../../src/worker/account/breaker.ts';
import { holdPolicyOf } from '../../../src/worker/account/hold-steps.ts';
import { createAccountHolds } from '../../../src/worker/account/holds.ts';
import { createMediaLibrary } from '../../../src/worker/account/media.ts';
import { createRate } from '../../../src/worker/account/pace.ts';
import type { Delivery, RequestContext } from '../../../src/worker/delivery.ts';
import { createLateReplies } from '../../../src/worker/late-replies.ts';
import { sendTogether } from '../../../src/worker/requests.ts';
import type { Settlement } from '../../../src/worker/settlement.ts';
import { uncertainPolicy } from '../../../src/worker/verdict/uncertain-policy.ts';
import { cannotAsk } from '../../support/ask-ability.ts';
import { createDelivery, type DeliveryChoice, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { recordsAt } from '../../support/job-records.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A job in hand, how it was settled, and how often. */
interface Taken {
  readonly delivery: Delivery;
  readonly settlements: readonly Settlement[];
}

interface Hands {
  readonly world: DeliveryWorld;
  readonly context: RequestContext;
  readonly records: JobRecords;
  /** A job in its first run. */
  take(id: string, job?: Partial<SendJob>, journal?: Journal): Taken;
  /** A later run has begun, of another worker. */
  takeOver(id: string): Promise<void>;
  journalOf(id: string): Promise<Journal>;
  /** Numbers of the messages of each accepted request. */
  numbers(): readonly string[];
}

/** Everything that delivering needs, for real, and no worker that would take the jobs away. */
async function withHands(use: (hands: Hands) => Promise<void>, choice: DeliveryChoice = {}): Promise<void> {
  await using world = await createDelivery(choice);
  const { account, prefix, redis, telemetry, simulator } = world;
  const place = { prefix, account: account.name };
  const records = recordsAt(redis, place);
  const queues = openAccountQueues(redis, place, () => {});
  const common = { records, telemetry, worker: 'w1', now: Date.now };
  const client = createJetsmsClient(account);
  const context: RequestContext = {
    ...common,
    client,
    mayLeave: () => true,
    rate: createRate({ redis, prefix, account: account.name, ...account }),
    breaker: createEndpointBreaker({ failuresInRow: 1, halfOpenAfterMs: 60_000 }),
    holds: createAccountHolds({
      ...common,
      store: world.holdStore,
      queues,
      policy: holdPolicyOf(account),
      pollMs: 1_000,
      ask: async () => ({ says: 'cannot-tell' }),
      onChange: () => {},
      onError: () => {},
    }),
    lateReplies: createLateReplies({ ...common, queues }),
    media: createMediaLibrary(redis, { prefix, account: account.name }),
    maxResends: 2,
    windowOpensAt: () => undefined,
    random: () => 0,
  };
  const read = async (id: string): Promise<Journal> =>
    journalOrEmpty(parseJournalText((await records.read({ id, job: sendJob() })).journal));
  await use({
    world,
    context,
    records,
    take(id, change = {}, journal = emptyJournal) {
      const job = sendJob(change);
      const settlements: Settlement[] = [];
      const delivery: Delivery = {
        id,
        run: 1,
        token: '',
        job,
        journal,
        policy: uncertainPolicy(job, cannotAsk),
        seen: emptyRecord.seen,
        isCanary: false,
        lane: job.lane,
        batchKey: job.title,
        messages: job.to.length,
        settle: (settlement) => settlements.push(settlement),
      };
      return { delivery, settlements };
    },
    takeOver: async (id) => {
      await records.write([{ id, job: sendJob(), run: 2, journal: emptyJournal, isMarked: false }]);
    },
    journalOf: read,
    numbers: () => simulator.accepted.map(({ to }) => to),
  });
  await Promise.all([client.close(), queues.close()]);
}

const deliver = (taken: readonly Taken[], context: RequestContext): Promise<void> =>
  sendTogether(
    taken.map(({ delivery }) => delivery),
    context,
  );

const kinds = (taken: readonly Taken[]): readonly (readonly string[])[] =>
  taken.map(({ settlements }) =>
    settlements.map((one) => (one.kind === 'verdict' ? one.verdict.kind : one.kind)),
  );

const to = (n: number): Partial<SendJob> => ({ to: [numberAt(n)] });

describe('a group of jobs', () => {
  it('travels in one request; each is marked before, and settled once', () =>
    withHands(async ({ context, take, journalOf, world }) => {
      const group = [take('a', to(1)), take('b', to(2)), take('c', to(3))];
      await deliver(group, context);
      expect(kinds(group)).toEqual([['complete'], ['complete'], ['complete']]);
      expect(world.simulator.stats().requests).toBe(1);
      expect(await journalOf('b')).toMatchObject({ attempts: 1, settled: { end: 'accepted' } });
      expect(await journalOf('b')).not.toHaveProperty('sending');
      expect(world.telemetry.attempts.map(({ id, travelled }) => [id, travelled])).toEqual([
        ['a', 3],
        ['b', 3],
        ['c', 3],
      ]);
      expect(world.telemetry.requests).toHaveLength(1);
    }));

  it('has the earliest deadline of its jobs as its expire date', () =>
    withHands(async ({ context, take, world }) => {
      const soon = Math.ceil(Date.now() / 1_000) * 1_000 + 600_000;
      await deliver([take('a', to(1)), take('b', { ...to(2), deadlineAt: soon })], context);
      expect(world.simulator.accepted.map(({ expireAt }) => expireAt)).toEqual([soon, soon]);
    }));

  it('leaves behind, and gives back as it was, what has got too old meanwhile', () =>
    withHands(async ({ context, take, journalOf, numbers }) => {
      const group = [take('old', { ...to(1), deadlineAt: Date.now() - 1 }), take('b', to(2))];
      await deliver(group, context);
      expect(kinds(group)).toEqual([['back'], ['complete']]);
      expect(numbers()).toEqual([numberAt(2)]);
      expect(await journalOf('old')).toEqual(emptyJournal);
    }));

  it('leaves behind what another worker has taken over', () =>
    withHands(async ({ context, take, takeOver, numbers, world }) => {
      const group = [take('lost', to(1)), take('b', to(2))];
      await takeOver('lost');
      await deliver(group, context);
      expect(kinds(group)).toEqual([['lost'], ['complete']]);
      expect(numbers()).toEqual([numberAt(2)]);
      expect(world.telemetry.locksLost).toEqual([{ id: 'lost', when: 'before sending' }]);
    }));

  it('leaves behind what a late reply has settled', () =>
    withHands(async ({ context, take, numbers, records }) => {
      const group = [take('done', to(1)), take('b', to(2))];
      const settled = { end: 'accepted', groupId: '1', at: 1, late: true } as const;
      await records.write([
        { id: 'done', job: sendJob(), run: 1, journal: { ...emptyJournal, settled }, isMarked: false },
      ]);
      await deliver(group, context);
      expect(kinds(group)).toEqual([['superseded'], ['complete']]);
      expect(numbers()).toEqual([numberAt(2)]);
    }));

  it('makes no request where nothing of it may leave', () =>
    withHands(async ({ context, take, takeOver, world }) => {
      const group = [take('a', { ...to(1), deadlineAt: 1 }), take('b', to(2))];
      await takeOver('b');
      await deliver(group, context);
      expect(kinds(group)).toEqual([['back'], ['lost']]);
      expect(world.simulator.stats().requests).toBe(0);
    }));

  it('goes in halves until the bad message is alone', () =>
    withHands(async ({ context, take, world }) => {
      world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(4) } });
      const group = [0, 1, 2, 3, 4].map((n) => take(`m${n}`, to(n)));
      await deliver(group, context);
      const complete = ['complete'];
      expect(kinds(group)).toEqual([complete, complete, complete, complete, ['dead-letter']]);
      expect([...world.simulator.counts('to').values()]).toEqual([1, 1, 1, 1]);
      // 5, then 3 and 2 of them, then the two alone.
      expect(world.telemetry.splits).toEqual([5, 2]);
      expect(world.simulator.stats().requests).toBe(5);
    }));

  it('gives a job of many messages its halves as pieces, since each half is a job of its own', () =>
    withHands(async ({ context, take, journalOf, world }) => {
      const all = [numberAt(1), numberAt(2), numberAt(3)];
      world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(3) } });
      const taken = take('m', { to: all, parts: 3 });
      await deliver([taken], context);
      expect(kinds([taken])).toEqual([['split']]);
      const again = { fate: 'again', attempts: 0, resends: 0 };
      expect((await journalOf('m')).settled).toMatchObject({
        end: 'split',
        pieces: [
          { ...again, ranges: [[0, 2]] },
          { ...again, ranges: [[2, 3]] },
        ],
      });
    }));
});

describe('a hold', () => {
  it('that came while the jobs waited for their request keeps them here', () =>
    withHands(async ({ context, take, journalOf, world }) => {
      const group = [take('a', to(1)), take('b', to(2))];
      const { prefix, account, redis } = world;
      await holdAccount(redis, { prefix, account: account.name, by: 'x', note: 'a test' });
      await deliver(group, context);
      expect(kinds(group)).toEqual([['back'], ['back']]);
      expect(world.simulator.stats().requests).toBe(0);
      expect(await journalOf('a')).toEqual(emptyJournal);
    }));

  it('stands before the jobs that it is for are given back', () =>
    withHands(
      async ({ context, take, world }) => {
        const taken = take('a', to(1));
        let reasonAtSettling: unknown;
        const delivery: Delivery = {
          ...taken.delivery,
          settle(settlement) {
            reasonAtSettling = context.holds.current()?.reason;
            taken.delivery.settle(settlement);
          },
        };
        await sendTogether([delivery], context);
        expect(kinds([taken])).toEqual([['hold']]);
        expect(reasonAtSettling).toBe('no-credit');
        expect(await world.hold()).toMatchObject({ reason: 'no-credit', code: '11' });
      },
      { provider: { credit: 0 } },
    ));
});

describe('an endpoint that counts as unreachable', () => {
  it('gets no request; what was marked is unmarked, since nothing was sent', () =>
    withHands(async ({ context, take, journalOf, world }) => {
      world.simulator.faults.add({ kind: 'status', status: 503, times: 1 });
      await deliver([take('first', to(1))], context);
      const requests = world.simulator.stats().requests;
      const before: Journal = { ...emptyJournal, attempts: 1 };
      const group = [take('a', to(2), before), take('b', { ...to(3), whenUncertain: 'resend' })];
      await deliver(group, context);
      expect(kinds(group)).toEqual([['back'], ['back']]);
      expect(world.simulator.stats().requests).toBe(requests);
      expect(await journalOf('a')).toEqual(before);
    }));
});

describe("the account's pace", () => {
  it('is paid by each request, also by those that a refusal divides', () =>
    withHands(
      async ({ context, take, world }) => {
        world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(5) } });
        const group = [];
        for (let n = 1; n <= 8; n += 1) group.push(take(`m${n}`, { ...to(n), text: `Merhaba ${n}` }));
        const began = performance.now();
        await deliver(group, context);
        expect(kinds(group).flat()).toEqual(
          [4, 1, 3].flatMap((count, index) => Array(count).fill(index === 1 ? 'dead-letter' : 'complete')),
        );
        const { requests } = world.simulator.stats();
        expect(requests).toBe(7);
        // A second's worth may leave at once; the others wait for their turn.
        expect(performance.now() - began).toBeGreaterThan(((requests - 4) * 1_000) / 4 - 50);
      },
      { account: { requestsPerSecond: 4 } },
    ));
});

describe('what goes wrong here', () => {
  it('before the request settles every job that is still open as failed, and throws nothing', () =>
    withHands(async ({ context, take, world }) => {
      const group = [take('a', to(1)), take('b', to(2))];
      await world.redis.set(keys.record(world.prefix, world.queue.name, 'a'), 'no hash');
      await deliver(group, context);
      expect(kinds(group)).toEqual([['failed'], ['failed']]);
      expect(world.simulator.stats().requests).toBe(0);
    }));

  it('with a hold does not cost the messages their record', () =>
    withHands(async ({ context, take, journalOf, world }) => {
      const { prefix, account, redis } = world;
      world.simulator.faults.add({ kind: 'reply', code: '76' });
      await context.holds.refresh();
      await redis.rpush(keys.hold(prefix, account.name), 'no record');
      const taken = take('a', to(1));
      await deliver([taken], context);
      expect(kinds([taken])).toEqual([['hold']]);
      expect(await journalOf('a')).toMatchObject({ attempts: 0, history: [{ code: '76', verdict: 'hold' }] });
      expect(world.telemetry.redisErrors).toHaveLength(1);
    }));

  it('with one message while its reply is judged harms that message alone', () =>
    withHands(
      async ({ context, take, world }) => {
        const broken = { history: null } as unknown as Journal; // what a total reader never gives
        const group = [take('a', to(1)), take('b', to(2), broken), take('c', to(3))];
        await deliver(group, context);
        expect(kinds(group)).toEqual([['complete'], ['complete'], ['complete']]);
        expect(world.simulator.accepted).toHaveLength(3);
      },
      { expectsTheUnexpected: true },
    ));
});

describe('the end of a job', () => {
  it('is recorded before the job is settled, also where a second text would be fine', () =>
    withHands(async ({ context, take, journalOf }) => {
      const taken = take('a', { ...to(1), whenUncertain: 'resend' });
      await deliver([taken], context);
      expect(kinds([taken])).toEqual([['complete']]);
      expect((await journalOf('a')).settled).toMatchObject({ end: 'accepted' });
    }));

  it('comes late where a later run has taken over meanwhile: an acceptance counts all the same', () =>
    withHands(async ({ context, take, takeOver, journalOf, world }) => {
      const taken = take('a', to(1));
      world.simulator.setLatency({ minMs: 200, maxMs: 200 });
      const sent = deliver([taken], context);
      await waitFor(() => world.simulator.stats().requests === 1);
      await takeOver('a');
      await sent;
      expect(kinds([taken])).toEqual([['lost']]);
      expect(world.telemetry.lateReplies).toMatchObject([{ id: 'a', settled: true }]);
      expect((await journalOf('a')).settled).toMatchObject({ end: 'accepted', late: true });
    }));
});

describe('a job whose claims were lost', () => {
  it('is looked at again, and leaves no mark', () =>
    withHands(async ({ context, take, journalOf, numbers, world }) => {
      const group = [take('a', { to: [numberAt(1), numberAt(2)], joined: true }), take('b', to(3))];
      await world.redis.hset(keys.record(world.prefix, world.queue.name, 'a'), 'lost', '[1]');
      await deliver(group, context);
      expect(kinds(group)).toEqual([['look-again'], ['complete']]);
      expect(numbers()).toEqual([numberAt(3)]);
      expect(await journalOf('a')).toEqual(emptyJournal);
    }));
});
