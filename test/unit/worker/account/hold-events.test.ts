import { describe, expect, it } from 'vitest';
import { holdEntryOf } from '../../../../src/worker/account/hold-events.ts';
import { type Hold, type HoldRecord, noRecord } from '../../../../src/worker/account/hold-record.ts';
import { holdByPerson, resumeByPerson } from '../../../../src/worker/account/hold-steps.ts';

const held = (change: Partial<Hold> = {}): HoldRecord => ({
  ...noRecord,
  hold: {
    reason: 'no-credit',
    code: '11',
    mode: 'probing',
    since: 1_000,
    modeSince: 1_000,
    by: 'worker w1',
    probes: 0,
    nextProbeAt: 2_000,
    canaryMayGo: false,
    ...change,
  },
});

describe('what others are told of a hold', () => {
  it('is that it has begun, with its reason', () => {
    expect(holdEntryOf(noRecord, held())).toEqual({
      type: 'account.held',
      at: 1_000,
      reason: 'no-credit',
      code: '11',
    });
  });

  it('is that the account goes on when the pace begins to rise, and not again when the hold is over', () => {
    const resuming = held({ mode: 'resuming', modeSince: 5_000 });
    expect(holdEntryOf(held(), resuming)).toEqual({
      type: 'account.resumed',
      at: 5_000,
      reason: 'no-credit',
      code: '11',
    });
    expect(holdEntryOf(resuming, { ...noRecord, liftedAt: 5_000 })).toBeUndefined();
  });

  it('is nothing where the reason stays the same, whatever is tried', () => {
    expect(holdEntryOf(held(), held({ probes: 3, canaryMayGo: true }))).toBeUndefined();
    expect(holdEntryOf(noRecord, { ...noRecord, unknownInRow: 2 })).toBeUndefined();
  });

  it('is the new reason where another takes its place, as a person does', () => {
    const byPerson = holdByPerson(held(), { by: 'ayse', note: 'maintenance', now: 3_000 });
    expect(holdEntryOf(held(), byPerson)).toEqual({ type: 'account.held', at: 3_000, reason: 'operator' });
    expect(holdEntryOf(byPerson, resumeByPerson(byPerson, 4_000))).toMatchObject({
      type: 'account.held',
      at: 4_000,
      reason: 'no-credit',
      code: '11',
    });
  });

  it("is that the account goes on when a person ends a person's hold", () => {
    const byPerson = holdByPerson(noRecord, { by: 'ayse', note: 'maintenance', now: 3_000 });
    expect(holdEntryOf(byPerson, resumeByPerson(byPerson, 4_000))).toEqual({
      type: 'account.resumed',
      at: 4_000,
      reason: 'operator',
    });
  });
});
