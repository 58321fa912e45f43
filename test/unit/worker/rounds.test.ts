import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRounds } from '../../../src/worker/rounds.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('begins each round a while after the last has ended, however long that took', async () => {
  const begun: number[] = [];
  const since = Date.now();
  const rounds = createRounds(async () => {
    begun.push(Date.now() - since);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }, 100);
  void rounds.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toEqual([0, 400, 800]);
});

it('makes none after it was stopped in the midst of one', async () => {
  let made = 0;
  const rounds = createRounds(async () => {
    made += 1;
    if (made === 2) rounds.stop();
  }, 100);
  await rounds.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(made).toBe(2);
});

it('makes none after it was stopped between two', async () => {
  let made = 0;
  const rounds = createRounds(async () => {
    made += 1;
  }, 100);
  await rounds.start();
  rounds.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(made).toBe(1);
  expect(rounds.isStopped()).toBe(true);
});
