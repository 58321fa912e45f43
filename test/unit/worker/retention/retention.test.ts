import { expect, it } from 'vitest';
import { sweepIntervalMs } from '../../../../src/worker/retention/retention.ts';

it.each([
  ['a tenth of the shortest age', [20_000, 600_000], 2_000],
  ['never more than a minute', [86_400_000, 604_800_000], 60_000],
  ['never less than a second, also where nothing is kept', [0, 604_800_000], 1_000],
])('sweeps every so often: %s', (_, agesMs, intervalMs) => {
  expect(sweepIntervalMs(agesMs)).toBe(intervalMs);
});
