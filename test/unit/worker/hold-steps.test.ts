import { describe, expect, it } from 'vitest';
import {
  beginHold,
  creditTold,
  endHold,
  fullPacePerSecond,
  type HoldStep,
  paceStepMs,
  reconcile,
  resumeByPerson,
  shownHold,
} from '../../../src/worker/hold-steps.ts';
import type { Hold, HoldReason, StoredHold } from '../../../src/worker/hold-store.ts';

const now = 1_800_000_000_000;
const policy = { probeIntervalMs: 60_000, resumeRatePerSecond: 50 };

const hold = (reason: HoldReason, mode: Hold['mode'], change: Partial<Hold> = {}): Hold => ({
  reason,
  mode,
  since: now - 5_000,
  modeSince: now - 5_000,
  by: 'worker w',
  ...change,
});
const stored = (present: Hold | undefined, change: Partial<StoredHold> = {}): StoredHold => ({
  raw: present ? JSON.stringify(present) : '',
  hold: present,
  accountFaults: 0,
  paused: present?.mode === 'stopped',
  single: present?.mode === 'probing',
  perSecond: undefined,
  ...change,
});
const begin = (reason: HoldReason, present?: Hold): HoldStep | undefined =>
  beginHold(stored(present), { reason, code: 'c', by: 'worker v', now }, policy);

describe('a hold begins', () => {
  it.each(['no-credit', 'unreachable'] as const)(
    '%s is probed with one message per interval, the first after one interval',
    (reason) => {
      expect(begin(reason)).toEqual({
        hold: { reason, mode: 'probing', code: 'c', since: now, modeSince: now, by: 'worker v' },
        gates: { onePerMs: 60_000, firstAfterMs: 60_000 },
      });
    },
  );

  it.each(['account-fault', 'operator'] as const)('%s stops the queue until a person resumes', (reason) => {
    expect(begin(reason)).toEqual({
      hold: { reason, mode: 'stopped', code: 'c', since: now, modeSince: now, by: 'worker v' },
      gates: { paused: true },
    });
  });

  const over = [
    // present, new, what stands afterwards
    ['unreachable', 'no-credit', 'no-credit'],
    ['unreachable', 'account-fault', 'account-fault'],
    ['unreachable', 'operator', 'operator'],
    ['no-credit', 'unreachable', 'no-credit'],
    ['no-credit', 'account-fault', 'account-fault'],
    ['no-credit', 'operator', 'operator'],
    ['account-fault', 'unreachable', 'account-fault'],
    ['account-fault', 'no-credit', 'account-fault'],
    ['account-fault', 'operator', 'operator'],
    ['operator', 'unreachable', 'operator'],
    ['operator', 'no-credit', 'operator'],
    ['operator', 'account-fault', 'operator'],
  ] as const;

  it.each(over)('while %s stands, %s leaves %s', (present, cause, expected) => {
    for (const mode of ['probing', 'stopped'] as const) {
      const step = begin(cause, hold(present, mode));
      expect(step?.hold?.reason ?? present).toBe(expected);
    }
  });

  it('anew while the account resumes, whatever the reason was, and keeps its beginning where it is the same', () => {
    expect(begin('unreachable', hold('account-fault', 'resuming'))?.hold).toMatchObject({ since: now });
    expect(begin('no-credit', hold('no-credit', 'resuming'))?.hold).toMatchObject({
      mode: 'probing',
      since: now - 5_000,
      modeSince: now,
    });
  });

  it('not anew while the same reason is being probed: the interval is not stretched by every refusal', () => {
    expect(begin('no-credit', hold('no-credit', 'probing'))).toBeUndefined();
  });

  it('anew when the canary of an account fault is refused', () => {
    expect(begin('account-fault', hold('account-fault', 'probing'))).toMatchObject({
      hold: { mode: 'stopped', since: now - 5_000, modeSince: now },
      gates: { paused: true },
    });
  });
});

describe('a hold ends', () => {
  it('with a rising pace when a probe has shown that the reason is gone', () => {
    expect(endHold(hold('no-credit', 'probing'), now, policy)).toEqual({
      hold: hold('no-credit', 'resuming', { modeSince: now }),
      gates: { perSecond: 50 },
    });
  });

  it('at once when the person who began it resumes', () => {
    const expected = { hold: undefined, gates: { paused: false } };
    expect(resumeByPerson(hold('operator', 'stopped'), now, policy)).toEqual(expected);
  });

  it('with a canary first when a person had held an account that was held for its own fault', () => {
    const step = begin('operator', hold('account-fault', 'stopped'));
    expect(step?.hold).toMatchObject({ reason: 'operator', beneath: 'account-fault' });
    expect(resumeByPerson(step?.hold, now, policy)).toMatchObject({
      hold: { reason: 'account-fault', mode: 'probing' },
      gates: { paused: false, onePerMs: 60_000 },
    });
  });

  it('with a canary first when a person resumes what the product has held', () => {
    expect(resumeByPerson(hold('account-fault', 'stopped'), now, policy)).toEqual({
      hold: hold('account-fault', 'probing', { modeSince: now }),
      gates: { paused: false, onePerMs: 60_000 },
    });
  });

  it("and a dashboard's pause ends with it, where no hold of ours stands", () => {
    expect(resumeByPerson(undefined, now, policy)).toEqual({ hold: undefined, gates: { paused: false } });
  });
});

describe('a look at Redis', () => {
  it('calls for nothing where there is no hold, be the queue paused or not', () => {
    expect(reconcile(stored(undefined), now, policy)).toBeUndefined();
    expect(reconcile(stored(undefined, { paused: true }), now, policy)).toBeUndefined();
  });

  it.each([
    ['a stopped queue that is paused', stored(hold('operator', 'stopped'))],
    ['a probed queue that lets one through', stored(hold('no-credit', 'probing'))],
    [
      'a resuming queue that keeps its pace',
      stored(hold('no-credit', 'resuming', { modeSince: now }), { perSecond: 50 }),
    ],
  ])('calls for nothing at %s', (_, present) => {
    expect(reconcile(present, now, policy)).toBeUndefined();
  });

  it('takes a resume on the dashboard for a resume by a person', () => {
    const operator = stored(hold('operator', 'stopped'), { paused: false });
    expect(reconcile(operator, now, policy)).toEqual({ hold: undefined, gates: { paused: false } });
    const fault = stored(hold('account-fault', 'stopped'), { paused: false });
    expect(reconcile(fault, now, policy)?.hold).toMatchObject({ reason: 'account-fault', mode: 'probing' });
  });

  it('closes a gate that somebody has opened while the account is probed', () => {
    const present = stored(hold('no-credit', 'probing'), { single: false });
    expect(reconcile(present, now, policy)).toEqual({ hold: present.hold, gates: { onePerMs: 60_000 } });
  });

  it('doubles the pace every five seconds, until it is no brake any more', () => {
    const resuming = hold('no-credit', 'resuming', { modeSince: now });
    const pace = Array.from({ length: 9 }, (_, step) => {
      const gates = reconcile(stored(resuming), now + step * paceStepMs, policy);
      return gates?.hold === undefined ? 'over' : gates.gates.perSecond;
    });
    expect(pace).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 'over']);
    expect(fullPacePerSecond).toBe(10_000);
  });

  it('sets the pace of now, also when several steps were slept through', () => {
    const resuming = hold('no-credit', 'resuming', { modeSince: now });
    const present = stored(resuming, { perSecond: 50 });
    expect(reconcile(present, now + 3 * paceStepMs - 1, policy)?.gates).toEqual({ perSecond: 200 });
    expect(reconcile(present, now + paceStepMs - 1, policy)).toBeUndefined();
  });
});

describe('what people see', () => {
  it('is nothing where nothing stands', () => {
    expect(shownHold(stored(undefined))).toBeUndefined();
  });

  it('is the hold', () => {
    const present = hold('no-credit', 'probing');
    expect(shownHold(stored(present))).toBe(present);
    const resuming = hold('no-credit', 'resuming');
    expect(shownHold(stored(resuming))).toBe(resuming);
  });

  it("is the dashboard's own pause as such, also while the pace rises", () => {
    const expected = { reason: 'operator', mode: 'stopped', by: 'dashboard' };
    expect(shownHold(stored(undefined, { paused: true }))).toMatchObject(expected);
    const resuming = stored(hold('no-credit', 'resuming'), { paused: true });
    expect(shownHold(resuming)).toMatchObject(expected);
  });
});

describe('what JetSMS says of the credit', () => {
  const told = (credit: number, present: Hold | undefined = hold('no-credit', 'probing')) =>
    creditTold(stored(present), credit, now, policy);

  it('none: no canary goes for two intervals, in which it is asked again', () => {
    expect(told(0)).toEqual({
      hold: hold('no-credit', 'probing', { credit: 0 }),
      gates: { onePerMs: 60_000, firstAfterMs: 120_000 },
    });
    expect(told(-3)?.hold?.credit).toBe(0);
  });

  it('some, but a message was refused: it is remembered, and a canary goes at its time', () => {
    expect(told(3)).toEqual({
      hold: hold('no-credit', 'probing', { credit: 3 }),
      gates: { onePerMs: 60_000, firstAfterMs: 60_000 },
    });
  });

  it.each([1, 3])('still no more (%s of 3): the canaries go on as they were', (credit) => {
    expect(told(credit, hold('no-credit', 'probing', { credit: 3 }))).toBeUndefined();
  });

  it.each([
    [0, 1],
    [3, 4],
  ])(
    'more than at first (%s, now %s): the account flows again, and the number is forgotten',
    (first, credit) => {
      expect(told(credit, hold('no-credit', 'probing', { credit: first }))).toEqual({
        hold: hold('no-credit', 'resuming', { modeSince: now }),
        gates: { perSecond: 50 },
      });
    },
  );

  it.each([
    ['no hold', undefined],
    ['another reason', hold('unreachable', 'probing')],
    ['an account that a person stopped', hold('operator', 'stopped')],
    ['an account that resumes already', hold('no-credit', 'resuming')],
  ])('says nothing to %s', (_, present) => {
    expect(creditTold(stored(present), 100, now, policy)).toBeUndefined();
  });
});
