import { describe, expect, it } from 'vitest';
import { createGroupIds, readDate, writeDate } from '../../../src/simulator/clock.ts';

describe('readDate', () => {
  it('reads Turkish local time', () => {
    expect(readDate('20052026202730')).toBe(Date.parse('2026-05-20T17:27:30Z'));
  });

  it.each([
    '',
    '2026',
    '31022026000000',
    '01132026000000',
    '01012026240000',
    '01.01.2026 10:00',
    '0101202610000a',
  ])('takes %j for no date', (written) => {
    expect(readDate(written)).toBeUndefined();
  });

  it('reads what writeDate wrote', () => {
    const at = Date.parse('2026-12-31T22:59:59Z');
    expect(writeDate(at)).toBe('01012027015959');
    expect(readDate(writeDate(at))).toBe(at);
  });
});

describe('createGroupIds', () => {
  it('writes the local second first, in nineteen digits', () => {
    const next = createGroupIds(() => Date.parse('2026-05-20T17:27:30.601Z'));
    expect(next()).toBe('2605202027306010000');
  });

  it('gives a new, larger id every time, even when the clock stands still or goes back', () => {
    let now = Date.parse('2026-05-20T17:27:30.601Z');
    const next = createGroupIds(() => now);
    const ids = Array.from({ length: 25_000 }, next);
    now -= 60_000;
    ids.push(next());
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});
