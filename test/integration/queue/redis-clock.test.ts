import { describe, expect, it } from 'vitest';
import { createRedisClock } from '../../../src/queue/redis-clock.ts';
import { createClockGuard } from '../../../src/worker/clock-guard.ts';
import { startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const hour = 3_600_000;

/** A machine whose clocks can be moved. */
const createMachine = () => {
  const machine = { systemAheadMs: 0, monotonicAheadMs: 0 };
  return Object.assign(machine, {
    systemNow: () => Date.now() + machine.systemAheadMs,
    monotonic: () => performance.now() + machine.monotonicAheadMs,
  });
};

/** The Redis of these tests runs on this very machine, so its time is `Date.now()`. */
const isRedisTime = (time: number): boolean => Math.abs(time - Date.now()) < 1_000;

describe("Redis' clock, as a process computes it", () => {
  it("is the system's until Redis has told its own, and then does not care for the system's", async () => {
    await using redis = await startRedis();
    const machine = createMachine();
    machine.systemAheadMs = hour;
    const clock = createRedisClock(redis.client(), machine);
    expect(isRedisTime(clock.now() - hour)).toBe(true);
    expect(clock.skewMs()).toBeUndefined();
    await clock.measure();
    expect(isRedisTime(clock.now())).toBe(true);
    expect(Math.abs((clock.skewMs() ?? 0) - hour)).toBeLessThan(1_000);
    machine.systemAheadMs = -hour;
    expect(isRedisTime(clock.now())).toBe(true);
    expect(Math.abs((clock.skewMs() ?? 0) + hour)).toBeLessThan(1_000);
  });

  it('goes on while Redis is away, and tells nobody of a question that it could not ask', async () => {
    await using redis = await startRedis();
    const errors: unknown[] = [];
    const clock = createRedisClock(redis.client(), { everyMs: 5, onError: (error) => errors.push(error) });
    await clock.measure();
    await redis.kill();
    const since = clock.now();
    clock.follow();
    await waitFor(() => clock.now() - since > 100);
    expect(isRedisTime(clock.now())).toBe(true);
    clock.stop();
    expect(errors).toEqual([]);
  });

  it('is asked for again: a machine that has slept, whose monotonic clock stood still, finds it', async () => {
    await using redis = await startRedis();
    const machine = createMachine();
    const clock = createRedisClock(redis.client(), { ...machine, everyMs: 5 });
    await clock.measure();
    clock.follow();
    machine.monotonicAheadMs = -hour;
    await waitFor(() => isRedisTime(clock.now()));
    clock.stop();
  });

  it('is asked for as soon as a connection is made anew', async () => {
    await using redis = await startRedis();
    const machine = createMachine();
    const clock = createRedisClock(redis.client(), { ...machine, everyMs: hour });
    await clock.measure();
    clock.follow();
    machine.monotonicAheadMs = -hour;
    expect(isRedisTime(clock.now())).toBe(false);
    await redis.restart();
    await waitFor(() => isRedisTime(clock.now()));
    clock.stop();
  });

  it('gives everybody who asks at once the answer to one question', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    const clock = createRedisClock(client);
    await Promise.all(Array.from({ length: 100 }, () => clock.measure()));
    const said = await client.info('commandstats');
    expect(/cmdstat_time:calls=(\d+)/.exec(said)?.[1]).toBe('1');
  });

  it('rejects where Redis does not let it ask', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.call('ACL', 'SETUSER', 'default', '-time');
    await expect(createRedisClock(client).measure()).rejects.toThrow(/NOPERM/);
  });
});

describe("the guard of a worker's clock", () => {
  const watched = async (redis: Awaited<ReturnType<typeof startRedis>>) => {
    const machine = createMachine();
    const changes: boolean[] = [];
    const clock = createRedisClock(redis.client(), { ...machine, everyMs: hour });
    const guard = createClockGuard({
      clock,
      maxSkewMs: 30_000,
      everyMs: 5,
      onChange: ({ isRight }) => changes.push(isRight),
      onError: () => {},
    });
    await guard.start();
    return { machine, changes, guard, clock };
  };

  it('tells when the clock turns wrong, ahead or behind, and when it is right again', async () => {
    await using redis = await startRedis();
    const { machine, changes, guard } = await watched(redis);
    expect(guard.state()).toMatchObject({ isRight: true, maxSkewMs: 30_000 });
    for (const aheadMs of [31_000, 29_000, -31_000, 0]) {
      const told = changes.length;
      machine.systemAheadMs = aheadMs;
      await waitFor(() => changes.length > told);
    }
    expect(changes).toEqual([false, true, false, true]);
    guard.stop();
  });

  it('knows at once that the clock is wrong, whenever it looks next', async () => {
    await using redis = await startRedis();
    const { machine, guard } = await watched(redis);
    machine.systemAheadMs = hour;
    expect(guard.state().isRight).toBe(false);
    guard.stop();
  });

  it('asks Redis before it says that the clock is wrong: the machine may have slept', async () => {
    await using redis = await startRedis();
    const { machine, changes, guard, clock } = await watched(redis);
    machine.monotonicAheadMs = -hour;
    await waitFor(() => isRedisTime(clock.now()));
    await waitFor(() => guard.state().isRight);
    expect(changes).toEqual([]);
    guard.stop();
  });
});
