import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPatience } from '../../../src/producer/patience.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is over when Redis has said nothing for as long as the limit, and not before', () => {
  const onSilence = vi.fn();
  const waiting = createPatience(1_000).wait();
  waiting.onSilence = onSilence;
  vi.advanceTimersByTime(1_000);
  expect(onSilence).not.toHaveBeenCalled();
  expect(waiting.isLong()).toBe(false);
  vi.advanceTimersByTime(100);
  expect(onSilence).toHaveBeenCalledOnce();
  expect(waiting.isLong()).toBe(true);
});

it('begins anew with every answer, whoever got it', () => {
  const patience = createPatience(1_000);
  const onSilence = vi.fn();
  patience.wait().onSilence = onSilence;
  for (let n = 0; n < 10; n += 1) {
    vi.advanceTimersByTime(900);
    patience.answered();
  }
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_200);
  expect(onSilence).toHaveBeenCalled();
});

it('counts from when each began to wait', () => {
  const patience = createPatience(1_000);
  const [first, second] = [vi.fn(), vi.fn()];
  patience.wait().onSilence = first;
  vi.advanceTimersByTime(500);
  patience.wait().onSilence = second;
  vi.advanceTimersByTime(700);
  expect(first).toHaveBeenCalled();
  expect(second).not.toHaveBeenCalled();
});

it('keeps no timer when nobody waits', () => {
  const patience = createPatience(1_000);
  const waits = [patience.wait(), patience.wait()];
  expect(vi.getTimerCount()).toBe(1);
  for (const waiting of waits) waiting.end();
  expect(vi.getTimerCount()).toBe(0);
});
