import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/jetsms/retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    [' 120 ', 120_000],
    ['86400', 86_400_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ])('reads %j as a wait', (value, waitMs) => {
    expect(parseRetryAfter(value, now)).toBe(waitMs);
  });

  it.each([
    undefined,
    '',
    'soon',
    '-5',
    '1.5',
    '1e3',
    '0x10',
    '86401',
    '99999999999999999999',
    'Sun, 22 Nov 2027 12:00:30 GMT',
    'Sun, 99 Nov 2026 12:00:30 GMT',
    'Sun Nov 22 12:00:30 2026',
    '2026-11-22T12:00:30Z',
  ])('ignores %j', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
