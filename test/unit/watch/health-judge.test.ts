import { describe, expect, it } from 'vitest';
import {
  type ConsumerFacts,
  type HealthFacts,
  isMendedByRestart,
  judgeHealth,
} from '../../../src/watch/health-judge.ts';

const clock = 1_000_000;

const redis = { kind: 'answer', refusal: undefined, evictionPolicy: 'noeviction' } as const;

const clockState = { skewMs: 0, maxSkewMs: 30_000, isRight: true };

const idle: ConsumerFacts = {
  account: 'acme',
  lane: 'bulk',
  isRunning: true,
  isPaused: false,
  concurrency: 10,
  fullForMs: 90_000,
  signs: { askedAt: clock - 1_000, tookAt: clock - 60_000, movedAt: clock - 60_000, inHand: 0 },
  passedOverSince: undefined,
};

/** What is said of a consumer, and whether it is ok. */
function judged(change: Partial<ConsumerFacts>): readonly [boolean, string] {
  const consumers = [{ ...idle, ...change }];
  const facts: HealthFacts = { redis, clockState, consumers, stuckAfterMs: 30_000, clock };
  const check = judgeHealth(facts).find((one) => one.check === 'consuming');
  return [check?.ok ?? false, check?.says ?? ''];
}

describe('a consumer', () => {
  it.each<[string, Partial<ConsumerFacts>, boolean, string]>([
    ['is fine while it asks for jobs', {}, true, 'takes jobs (0 in hand)'],
    ['is not while it is paused here', { isPaused: true }, false, 'lane bulk is paused in this process'],
    ['is not when it has stopped', { isRunning: false }, false, 'lane bulk has stopped taking jobs'],
    [
      'is not when it has been silent for too long',
      { signs: { ...idle.signs, askedAt: clock - 30_000 } },
      false,
      'lane bulk has not asked for a job for 30 s',
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
      'lane bulk holds 10 jobs and has not been done with one for 90 s',
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
      'lane bulk has taken no job for 31 s though one waits',
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
    judgeHealth({ redis: answer, clockState, consumers: [], stuckAfterMs: 1, clock }).filter(
      ({ check }) => check !== 'clock',
    );

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

describe('the clock', () => {
  const checksAt = (skewMs: number | undefined, answer: HealthFacts['redis'] = redis) => {
    const isRight = skewMs !== undefined && Math.abs(skewMs) <= 30_000;
    const state = { skewMs, maxSkewMs: 30_000, isRight };
    return judgeHealth({ redis: answer, clockState: state, consumers: [idle], stuckAfterMs: 30_000, clock });
  };
  const saidAt = (skewMs: number | undefined) =>
    checksAt(skewMs)
      .filter(({ check }) => check === 'clock' || check === 'consuming')
      .map(({ ok, says }) => [ok, says]);
  const takes = [true, 'takes jobs (0 in hand)'];
  const stands = [false, 'takes nothing until the clock is right'];

  it.each<[string, number | undefined, boolean, string, unknown]>([
    ["is fine where it is Redis'", 12, true, "this machine's clock is 0 s from Redis'", takes],
    ['is fine a little ahead', 10_000, true, "this machine's clock is 10 s ahead of Redis'", takes],
    ['is fine a little behind', -30_000, true, "this machine's clock is 30 s behind Redis'", takes],
    [
      'is not known before Redis has told its time',
      undefined,
      false,
      'Redis has not told its time yet',
      takes,
    ],
    [
      'is wrong far ahead',
      600_000,
      false,
      "this machine's clock is 600 s ahead of Redis', more than maxClockSkewMs (30 s)",
      stands,
    ],
    [
      'is wrong far behind',
      -30_100,
      false,
      "this machine's clock is 30.1 s behind Redis', more than maxClockSkewMs (30 s)",
      stands,
    ],
  ])('%s', (_title, skewMs, ok, says, consumer) => {
    expect(saidAt(skewMs)).toEqual([[ok, says], consumer]);
  });

  it('alone is no reason to begin anew: a new process finds the same clock', () => {
    expect(isMendedByRestart(checksAt(600_000))).toBe(false);
  });

  it('that is wrong does not hide what a new process may mend', () => {
    const away = { kind: 'no-answer', why: 'Redis cannot be reached' } as const;
    expect(isMendedByRestart(checksAt(600_000, away))).toBe(true);
    expect(isMendedByRestart(checksAt(undefined, away))).toBe(true);
    const stuck = judgeHealth({
      redis,
      clockState,
      consumers: [{ ...idle, isRunning: false }],
      stuckAfterMs: 30_000,
      clock,
    });
    expect(isMendedByRestart(stuck)).toBe(true);
    expect(isMendedByRestart(checksAt(0))).toBe(false);
  });
});
