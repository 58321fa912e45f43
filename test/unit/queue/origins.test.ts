import { expect, it } from 'vitest';
import { idsBefore } from '../../../src/queue/origins.ts';

it.each([
  ['m1', ['m1']],
  ['m1.0', ['m1.0', 'm1']],
  ['m1.0.12', ['m1.0.12', 'm1.0', 'm1']],
  ['m1.p1.p0', ['m1.p1.p0', 'm1.p1', 'm1']],
  ['m1.r2.p0', ['m1.r2.p0', 'm1.r2', 'm1.r1', 'm1']],
  ['m1.r1', ['m1.r1', 'm1']],
  ['m1.r3', ['m1.r3', 'm1.r2', 'm1.r1', 'm1']],
  ['m1.0.r2.1.r1', ['m1.0.r2.1.r1', 'm1.0.r2.1', 'm1.0.r2', 'm1.0.r1', 'm1.0', 'm1']],
  ['k0123-4567-89', ['k0123-4567-89']],
  ['m1.r0', ['m1.r0', 'm1']],
  ['foreign.one', ['foreign.one']],
  ['', ['']],
])('%s was made of others: %j', (id, ids) => {
  expect(idsBefore(id)).toEqual(ids);
});

it('does not count down from whatever number a foreign id names', () => {
  expect(idsBefore('foreign.r999999999')).toHaveLength(100);
});
