import { describe, expect, it } from 'vitest';
import { type ConsumerFacts, type HealthFacts, judgeHealth } from '../../../src/worker/health-judge.ts';

const clock = 1_000_000;

const redis = { kind: 'answer', refusal: undefined, evictionPolicy: 'noeviction' } as const;

const idle: ConsumerFacts = {
  account: 'acme',
  isRunning: true,
  isPaused: false,
  concurrency: 10,
  fullForMs: 90_000,
  signs: { askedAt: clock - 1_000, tookAt: clock - 60_000, movedAt: clock - 60_000, inHand: 0 },
  passedOverSince: undefined,
};

/** What is said of a consumer, and whether it is ok. */
function judged(change: Partial<ConsumerFacts>): readonly [boolean, string] {
  const facts: HealthFacts = { redis, consumers: [{ ...idle, ...change }], stuckAfterMs: 30_000, clock };
  const check = judgeHealth(facts).find((one) => one.check === 'consuming');
  return [check?.ok ?? false, check?.says ?? ''];
}

describe('a consumer', () => {
  it.each<[string, Partial<ConsumerFacts>, boolean, string]>([
    ['is fine while it asks for jobs', {}, true, 'takes jobs (0 in hand)'],
    ['is not while it is paused here', { isPaused: true }, false, 'is paused in this process'],
    ['is not when it has stopped', { isRunning: false }, false, 'has stopped taking jobs'],
    [
      'is not when it has been silent for too long',
      { signs: { ...idle.signs, askedAt: clock - 30_000 } },
      false,
      'has not asked for a job for 30 s',
    ],
    [
      'is fine when it has not asked because it was busy finishing jobs',
      { signs: { ...idle.signs, askedAt: clock - 60_000, movedAt: clock - 10 } },
      true,
      'takes jobs (0 in hand)',
    ],
    [
      'need not ask while its hands are full',
      { signs: { askedAt: 0, tookAt: clock - 40_000, movedAt: clock - 40_000, inHand: 10 } },
      true,
      'takes jobs (10 in hand)',
    ],
    [
      'is not fine when its hands are full for longer than a lock lasts',
      { signs: { askedAt: 0, tookAt: 0, movedAt: clock - 90_000, inHand: 10 } },
      false,
      'holds 10 jobs and has not been done with one for 90 s',
    ],
    [
      'may keep its hands full for any time where the account has a pace to keep',
      { fullForMs: undefined, signs: { askedAt: 0, tookAt: 0, movedAt: 0, inHand: 10 } },
      true,
      'takes jobs (10 in hand)',
    ],
    [
      'is not fine when it leaves a job that is first in line',
      { passedOverSince: clock - 31_000 },
      false,
      'has taken no job for 31 s though one waits',
    ],
    [
      'is fine when it has taken another job meanwhile',
      { passedOverSince: clock - 31_000, signs: { ...idle.signs, tookAt: clock - 5_000 } },
      true,
      'takes jobs (0 in hand)',
    ],
    [
      'is fine when the job has not waited for long',
      { passedOverSince: clock - 29_000 },
      true,
      'takes jobs (0 in hand)',
    ],
  ])('%s', (_title, change, ok, says) => {
    expect(judged(change)).toEqual([ok, says]);
  });
});

describe('Redis', () => {
  const checksOf = (answer: HealthFacts['redis']) =>
    judgeHealth({ redis: answer, consumers: [], stuckAfterMs: 1, clock });

  it('is one check where it gives no answer: nothing else is known of it', () => {
    expect(checksOf({ kind: 'no-answer', why: 'Redis cannot be reached' })).toEqual([
      { check: 'redis', ok: false, says: 'Redis cannot be reached' },
    ]);
  });

  it('is ok where it does not say whether it evicts: nobody would be helped by a worker that stands still', () => {
    const checks = checksOf({ kind: 'answer', refusal: undefined, evictionPolicy: undefined });
    expect(checks.map(({ check, ok }) => [check, ok])).toEqual([
      ['redis', true],
      ['eviction', true],
    ]);
  });

  it('is not ok where it refuses writes, and where it may evict', () => {
    const checks = checksOf({ kind: 'answer', refusal: 'OOM', evictionPolicy: 'allkeys-lru' });
    expect(checks.map(({ check, ok }) => [check, ok])).toEqual([
      ['redis', false],
      ['eviction', false],
    ]);
  });
});
