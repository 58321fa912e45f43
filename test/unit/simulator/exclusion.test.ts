import { describe, expect, it } from 'vitest';
import { afterExclusion, isExclusionReadable } from '../../../src/simulator/exclusion.ts';

/** The clock of Istanbul is three hours ahead. */
const at = (time: string, day = '05'): number => Date.parse(`2026-01-${day}T${time}+03:00`);
const window = (from: string, to: string) => ({ exclusionstarttime: from, exclusionexpiretime: to });

describe('within an exclusion window of the simulated provider', () => {
  it.each([
    ['at its first second', '23:00:00.000', window('230000', '080000'), at('08:00:00.000', '06')],
    ['after midnight', '02:15:30.500', window('230000', '080000'), at('08:00:00.000')],
    ['by day', '12:00:00.001', window('090000', '180000'), at('18:00:00.000')],
  ])('a message leaves at its end: %s', (_when, now, switches, expected) => {
    expect(afterExclusion(at(now), switches)).toBe(expected);
  });

  it.each([
    ['before it', '22:59:59.999', window('230000', '080000')],
    ['at its end', '08:00:00.000', window('230000', '080000')],
    ['where there is none', '02:00:00.000', {}],
  ])('and at once outside of it: %s', (_when, now, switches) => {
    expect(afterExclusion(at(now), switches)).toBe(at(now));
  });

  it.each([
    window('230000', ''),
    window('', '080000'),
    window('240000', '080000'),
    window('0800', '0900'),
    window('080000', '080000'),
  ])('times that are none cannot be read: %j', (switches) => {
    expect(isExclusionReadable(switches)).toBe(false);
  });
});
