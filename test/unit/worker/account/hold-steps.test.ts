import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HoldReason } from '../../../../src/queue/hold-reasons.ts';
import {
  admit,
  answered,
  canaryAccepted,
  canaryFailed,
  canaryReturned,
  claimProbe,
  type ProbeAnswer,
  probesToDoubt,
} from '../../../../src/worker/account/hold-probes.ts';
import { type Hold, type HoldRecord, noRecord } from '../../../../src/worker/account/hold-record.ts';
import {
  type AccountRefusal,
  accepted,
  beginUnreachable,
  codeWasKnown,
  refused,
  unknownCodeLimit,
} from '../../../../src/worker/account/hold-refusals.ts';
import {
  gateOf,
  type HoldPolicy,
  holdByPerson,
  paced,
  paceStepMs,
  probeWaitMs,
  resumeByPerson,
  type StepContext,
  shownHold,
} from '../../../../src/worker/account/hold-steps.ts';

const now = 1_800_000_000_000;
const policy: HoldPolicy = {
  probeIntervalMs: 10_000,
  maxProbeIntervalMs: 600_000,
  canaryLimitMs: 40_000,
  resumeRatePerSecond: 50,
};
const at = (ms = 0, worker = 'w'): StepContext => ({ policy, now: now + ms, worker });
const refusal = (reason: AccountRefusal['reason'], change: Partial<AccountRefusal> = {}): AccountRefusal => ({
  reason,
  code: { 'no-credit': '11', 'account-fault': '10', endpoint: 'http-403', 'unknown-code': '73' }[reason],
  startedAt: now - 100,
  first: 'm1',
  isCanary: false,
  isAtFault: false,
  acceptedAt: 0,
  ...change,
});
const held = (reason: Exclude<HoldReason, 'operator' | 'unreachable' | 'unknown-code'>): HoldRecord =>
  refused(noRecord, refusal(reason), at()).record;
const probing = (
  change: Partial<Hold> = {},
  reason: 'no-credit' | 'account-fault' | 'endpoint' = 'account-fault',
) => {
  const record = held(reason);
  return { ...record, hold: { ...(record.hold as Hold), ...change } };
};
const byAyse = { by: 'ayse', note: 'audit', now };

describe("a refusal for the account's sake", () => {
  it.each([
    ['account-fault', 'witness'],
    ['no-credit', 'back'],
    ['endpoint', 'back'],
  ] as const)('%s holds the account at the first one; its first message: %s', (reason, effect) => {
    const { record, result } = refused(noRecord, refusal(reason), at());
    expect(result).toBe(effect);
    expect(record.hold).toMatchObject({
      reason,
      mode: 'probing',
      code: refusal(reason).code,
      since: now,
      by: 'worker w',
      nextProbeAt: now + 10_000,
      canaryMayGo: false,
    });
    expect(record.hold?.witness).toBe(effect === 'witness' ? 'm1' : undefined);
  });

  it.each(['account-fault', 'no-credit', 'endpoint'] as const)(
    '%s that meets a standing hold of the same reason goes back and changes nothing',
    (reason) => {
      const record = held(reason);
      const step = refused(record, refusal(reason, { first: 'm2' }), at(5, 'v'));
      expect(step).toEqual({ record, result: 'back' });
    },
  );

  it('for another reason replaces the hold, with a witness of its own', () => {
    const { record, result } = refused(
      held('no-credit'),
      refusal('account-fault', { first: 'm2' }),
      at(5, 'v'),
    );
    expect(result).toBe('witness');
    expect(record.hold).toMatchObject({
      reason: 'account-fault',
      witness: 'm2',
      since: now + 5,
    });
  });

  it('has one witness for each reason, however often two reasons take turns', () => {
    let record = noRecord;
    let witnesses = 0;
    for (const reason of [
      'account-fault',
      'no-credit',
      'account-fault',
      'endpoint',
      'account-fault',
    ] as const) {
      const step = refused(record, refusal(reason), at());
      record = step.record;
      witnesses += step.result === 'witness' ? 1 : 0;
      expect(record.hold?.reason).toBe(reason);
    }
    expect(witnesses).toBe(1);
  });

  it.each(['account-fault', 'no-credit', 'endpoint', 'unknown-code'] as const)(
    '%s of a request that began before the last lifting starts no new incident',
    (reason) => {
      const record = { ...noRecord, liftedAt: now };
      expect(refused(record, refusal(reason, { startedAt: now - 1 }), at(5))).toEqual({
        record,
        result: 'back',
      });
      expect(refused(record, refusal(reason, { startedAt: now }), at(5)).record).not.toBe(record);
    },
  );

  it('while the account resumes is a new incident with a witness, and remembers since when it goes on', () => {
    const resuming = canaryAccepted(held('account-fault'), now + 10, at(20));
    const { record, result } = refused(resuming, refusal('account-fault', { startedAt: now + 30 }), at(40));
    expect(result).toBe('witness');
    expect(record.hold).toMatchObject({ mode: 'probing', since: now, modeSince: now + 40 });
  });

  it('after a hold that no acceptance has ended is the same incident: the account is held, nothing is given up', () => {
    const byQuestion = answered(probing({ probes: 1 }), { says: 'yes', hasWaiting: false }, at(10));
    const byPerson = holdByPerson(held('account-fault'), byAyse);
    const resumedByPerson = answered(
      resumeByPerson(byPerson, now + 5),
      { says: 'yes', hasWaiting: false },
      at(10),
    );
    for (const lifted of [byQuestion, resumedByPerson, paced(byQuestion, at(1e9))]) {
      const again = refused(lifted, refusal('account-fault', { startedAt: now + 20, first: 'm2' }), at(30));
      expect(again.result).toBe('back');
      expect(again.record.hold).toMatchObject({ reason: 'account-fault', mode: 'probing' });
    }
    const other = refused(byQuestion, refusal('no-credit', { startedAt: now + 20 }), at(30)).record;
    const third = refused(other, refusal('account-fault', { startedAt: now + 40, first: 'm3' }), at(50));
    expect(third.result).toBe('back');
  });

  it('is a new incident as soon as a message was taken in between', () => {
    const lifted = answered(probing({ probes: 1 }), { says: 'yes', hasWaiting: false }, at(10));
    expect(accepted(lifted, now + 9)).toBe(lifted);
    const held2 = held('account-fault');
    expect(accepted(held2, now + 11)).toBe(held2);
    const taken = accepted(lifted, now + 11);
    expect(refused(taken, refusal('account-fault', { startedAt: now + 20 }), at(30)).result).toBe('witness');
  });

  it("comes to lie beneath a person's hold, which stays, and is probed when they resume", () => {
    const byPerson = holdByPerson(noRecord, byAyse);
    const { record, result } = refused(byPerson, refusal('account-fault'), at(5));
    expect(result).toBe('witness');
    expect(record.hold).toMatchObject({
      reason: 'operator',
      mode: 'stopped',
      beneath: { reason: 'account-fault', code: '10' },
    });
    expect(refused(record, refusal('account-fault', { first: 'm2' }), at(6))).toEqual({
      record,
      result: 'back',
    });
    expect(resumeByPerson(record, now + 9).hold).toMatchObject({
      reason: 'account-fault',
      code: '10',
      mode: 'probing',
      nextProbeAt: now + 9,
    });
  });
});

describe('a message that the endpoint refused before, and refuses again', () => {
  /** It was refused at `now`; others have been accepted since. */
  const before = { refusedBefore: now, acceptedAt: now + 1_000 };
  const again = (first: string, ms: number, change: Partial<AccountRefusal> = {}) =>
    refusal('endpoint', { first, startedAt: now + ms - 100, ...before, ...change });
  const onTrial = refused(noRecord, again('m1', 2_000), at(2_000));

  it('is put on trial, and holds nothing, since it may be the message', () => {
    expect(onTrial.result).toBe('on-trial');
    expect(onTrial.record.hold).toBeUndefined();
  });

  it('is at fault where it is refused once more and nothing else was meanwhile', () => {
    const { record, result } = refused(onTrial.record, again('m1', 4_000), at(4_000));
    expect(result).toBe('at-fault');
    expect(record).toEqual(noRecord);
  });

  it('is not at fault by a request of its own that left before the trial', () => {
    expect(refused(onTrial.record, again('m1', 2_050), at(2_100)).result).toBe('aside');
  });

  it('is not at fault where another message was refused meanwhile: it was the endpoint', () => {
    const incident = refused(onTrial.record, again('m2', 2_500, { acceptedAt: 0 }), at(2_500));
    expect(incident.result).toBe('back');
    expect(refused(incident.record, again('m1', 4_000), at(4_000)).result).toBe('back');
    const lifted = canaryAccepted(incident.record, now + 5_000, at(5_100));
    const later = again('m1', 6_000, { refusedBefore: now + 4_000, acceptedAt: now + 5_500 });
    expect(refused(lifted, later, at(6_000)).result).toBe('on-trial');
  });

  it('steps aside while another is on trial, so that one incident does not cost all that the last has sent back', () => {
    const { record, result } = refused(onTrial.record, again('m2', 2_001), at(2_001));
    expect(result).toBe('aside');
    expect(record).toBe(onTrial.record);
  });

  it('begins a hold where nobody was accepted since: nothing says that it is the message', () => {
    const { record, result } = refused(noRecord, again('m1', 2_000, { acceptedAt: now }), at(2_000));
    expect(result).toBe('back');
    expect(record.hold?.reason).toBe('endpoint');
  });

  it('is put on trial by the word of a canary of another worker, too', () => {
    const resuming = canaryAccepted(held('endpoint'), now + 500, at(600));
    expect(refused(resuming, again('m1', 2_000, { acceptedAt: 0 }), at(2_000)).result).toBe('on-trial');
  });

  it('is put on trial after one of which nothing was heard for a minute', () => {
    expect(refused(onTrial.record, again('m2', 61_000), at(61_000)).result).toBe('aside');
    expect(refused(onTrial.record, again('m2', 62_000), at(62_000)).result).toBe('on-trial');
  });

  describe('and is of those among which one was found at fault', () => {
    const piece = (change: Partial<AccountRefusal> = {}) =>
      again('m1.0', 2_000, { isAtFault: true, ...change });

    it('is at fault at once', () => {
      expect(refused(noRecord, piece(), at(2_000)).result).toBe('at-fault');
    });

    it('goes back while the account is held', () => {
      expect(refused(held('endpoint'), piece(), at(2_000)).result).toBe('back');
    });

    it('holds the account where nobody was accepted since: so many must not be given up in an incident', () => {
      const { record, result } = refused(noRecord, piece({ acceptedAt: now }), at(2_000));
      expect(result).toBe('back');
      expect(record.hold?.reason).toBe('endpoint');
    });
  });

  it.each([
    ['no-credit', 'back'],
    ['account-fault', 'witness'],
  ] as const)('holds the account as ever by JetSMS’ own word on it: %s', (reason, result) => {
    expect(refused(noRecord, { ...again('m1', 2_000), reason }, at(2_000))).toMatchObject({
      result,
      record: { hold: { reason } },
    });
  });
});

describe('a code that nobody knows', () => {
  const afterRow = (length: number) => {
    let record = noRecord;
    const results: string[] = [];
    for (let n = 0; n < length; n += 1) {
      const step = refused(record, refusal('unknown-code', { first: `m${n}` }), at());
      record = step.record;
      results.push(step.result);
    }
    return { record, results };
  };

  it('costs the first message of each request; the fifth in a row holds the account', () => {
    expect(unknownCodeLimit).toBe(5);
    expect(afterRow(4).record.hold).toBeUndefined();
    const { record, results } = afterRow(7);
    expect(results).toEqual(['witness', 'witness', 'witness', 'witness', 'witness', 'back', 'back']);
    expect(record.hold).toMatchObject({ reason: 'unknown-code', code: '73', mode: 'probing' });
  });

  it('after a hold that no acceptance has ended holds at once, and costs nothing', () => {
    const { record } = afterRow(5);
    const lifted = answered(record, { says: 'yes', hasWaiting: false }, at(10));
    const again = refused(lifted, refusal('unknown-code', { startedAt: now + 20 }), at(30));
    expect(again.result).toBe('back');
    expect(again.record.hold).toMatchObject({ reason: 'unknown-code', mode: 'probing' });
  });

  it('is counted anew after a known answer to a request that left later, not after one that was under way before', () => {
    const { record } = afterRow(4);
    expect(codeWasKnown(record, now - 100)).toBe(record);
    expect(codeWasKnown(record, now - 99)).toEqual(noRecord);
    expect(codeWasKnown(noRecord, now)).toBe(noRecord);
  });

  it('under any standing hold goes back', () => {
    const record = held('no-credit');
    expect(refused(record, refusal('unknown-code'), at())).toEqual({ record, result: 'back' });
  });
});

describe('an endpoint that does not answer', () => {
  it('holds the account, unless it is held already', () => {
    expect(beginUnreachable(noRecord, 'circuit-open', at()).hold).toMatchObject({
      reason: 'unreachable',
      code: 'circuit-open',
      mode: 'probing',
    });
    const record = held('no-credit');
    expect(beginUnreachable(record, 'circuit-open', at())).toBe(record);
    const resuming = canaryAccepted(record, now, at());
    expect(beginUnreachable(resuming, 'circuit-open', at()).hold?.reason).toBe('unreachable');
  });
});

describe('probing', () => {
  it('waits 10 s at first, half as long again each time, and never more than 10 minutes', () => {
    const waits = [0, 1, 2, 3, 5, 10, 11, 1_000].map((probes) => probeWaitMs(probes, policy));
    expect(waits).toEqual([10_000, 15_000, 22_500, 33_750, 75_938, 576_650, 600_000, 600_000]);
  });

  it('is the turn of one worker, when it is time', () => {
    const record = held('account-fault');
    expect(claimProbe(record, at(9_999)).result).toBe(false);
    const { record: claimed, result } = claimProbe(record, at(10_000));
    expect(result).toBe(true);
    expect(claimed.hold).toMatchObject({ probes: 1, nextProbeAt: now + 25_000 });
    expect(claimProbe(claimed, at(10_000)).result).toBe(false);
  });

  it('waits for a canary that is under way, but not for one of which nothing is heard', () => {
    const canary = { id: 'm1', worker: 'w', until: now + 40_000 };
    const record = probing({ canary, nextProbeAt: now });
    expect(claimProbe(record, at(39_999)).result).toBe(false);
    const { record: claimed } = claimProbe(record, at(40_000));
    expect(claimed.hold?.canary).toBeUndefined();
  });

  it.each<[ProbeAnswer, string]>([
    [{ says: 'yes', hasWaiting: true }, 'canary'],
    [{ says: 'yes', hasWaiting: false }, 'lifted'],
    [{ says: 'no', hasWaiting: true }, 'held'],
    [{ says: 'no', hasWaiting: false }, 'held'],
    [{ says: 'cannot-tell', hasWaiting: true }, 'canary'],
    [{ says: 'cannot-tell', hasWaiting: false }, 'canary'],
  ])('an answer %j: %s', (answer, expected) => {
    const { hold } = answered(probing({ probes: 1 }), answer, at(5));
    const standing = hold?.canaryMayGo ? 'canary' : 'held';
    expect(hold?.mode === 'resuming' ? 'lifted' : standing).toBe(expected);
  });

  it('for want of credit remembers what was left', () => {
    const asked = probing({ probes: 1 }, 'no-credit');
    const record = answered(asked, { says: 'no', credit: 0, hasWaiting: true }, at());
    expect(record.hold).toMatchObject({ credit: 0, canaryMayGo: false });
  });

  it('tries a message each so many times although the answer is no', () => {
    const triesAt = (probes: number) =>
      answered(probing({ probes }), { says: 'no', hasWaiting: true }, at()).hold?.canaryMayGo;
    const tried = Array.from({ length: 3 * probesToDoubt }, (_, n) => n + 1).filter(triesAt);
    expect(tried).toEqual([probesToDoubt, 2 * probesToDoubt, 3 * probesToDoubt]);
  });

  it("says nothing under a person's hold", () => {
    const record = holdByPerson(noRecord, byAyse);
    expect(answered(record, { says: 'yes', hasWaiting: false }, at())).toBe(record);
    expect(claimProbe(record, at(1e9)).result).toBe(false);
  });
});

describe('a job that is taken while the account is held', () => {
  const job = { id: 'm1', othersWait: false };

  it('is the canary where one may go, and only one is', () => {
    const { record, result } = admit(probing({ canaryMayGo: true }), job, at(5, 'v'));
    expect(result).toBe('canary');
    expect(record.hold?.canary).toEqual({ id: 'm1', worker: 'v', until: now + 40_005 });
    expect(admit(record, { id: 'm2', othersWait: false }, at(6)).result).toBe('back');
  });

  it.each<[string, HoldRecord, string]>([
    ['before it is time to probe', probing(), 'back'],
    ["under a person's hold", holdByPerson(probing({ canaryMayGo: true }), byAyse), 'back'],
    ['once the hold is gone', noRecord, 'free'],
    ['while the account resumes', canaryAccepted(probing(), now, at()), 'free'],
    [
      'whose message was refused as a canary, while nothing else waits',
      probing({ canaryMayGo: true, refusedCanaries: ['m0', 'm1'] }),
      'canary',
    ],
  ])('%s', (_, record, expected) => {
    expect(admit(record, job, at()).result).toBe(expected);
  });

  it('steps aside where its message was refused as a canary and others wait', () => {
    const record = probing({ canaryMayGo: true, refusedCanaries: ['m0', 'm1'] });
    expect(admit(record, { id: 'm1', othersWait: true }, at())).toEqual({ record, result: 'aside' });
    expect(admit(record, { id: 'm2', othersWait: true }, at()).result).toBe('canary');
  });
});

describe('a canary', () => {
  const out = admit(
    claimProbe(probing({ nextProbeAt: now }), at()).record,
    { id: 'm9', othersWait: false },
    at(),
  ).record;
  const sent = admit(
    answered(out, { says: 'yes', hasWaiting: true }, at()),
    { id: 'm9', othersWait: true },
    at(),
  ).record;

  it('that is accepted lifts the hold: the pace rises', () => {
    const record = canaryAccepted(sent, now + 5, at(10));
    expect(record).toMatchObject({ liftedAt: now + 10, provenAt: now + 5 });
    expect(record.hold).toMatchObject({ mode: 'resuming', reason: 'account-fault', modeSince: now + 10 });
    expect(record.hold?.canary).toBeUndefined();
  });

  it('that is refused goes behind the others, and the next probe waits longer', () => {
    const { record, result } = refused(
      sent,
      refusal('account-fault', { first: 'm9', isCanary: true }),
      at(10),
    );
    expect(result).toBe('back');
    expect(record.hold).toMatchObject({
      refusedCanaries: ['m9'],
      canaryMayGo: false,
      nextProbeAt: now + 15_010,
    });
    expect(record.hold?.canary).toBeUndefined();
  });

  it('that is refused is remembered with those before it, each once, the last ones of many', () => {
    let record = sent;
    for (const n of [...Array.from({ length: 25 }, (_, k) => k), 23])
      record = refused(record, refusal('account-fault', { first: `m${n}`, isCanary: true }), at()).record;
    const kept = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 23];
    expect(record.hold?.refusedCanaries).toEqual(kept.map((n) => `m${n}`));
  });

  it('that meets another reason replaces the hold', () => {
    const { record, result } = refused(sent, refusal('no-credit', { first: 'm9', isCanary: true }), at(10));
    expect(result).toBe('back');
    expect(record.hold).toMatchObject({ reason: 'no-credit', since: now + 10 });
  });

  it('that got no answer leaves the hold, and the next probe waits longer', () => {
    const { hold } = canaryFailed(sent, 'm9', at(10));
    expect(hold).toMatchObject({ mode: 'probing', canaryMayGo: false, nextProbeAt: now + 15_010 });
    expect(hold?.refusedCanaries).toBeUndefined();
  });

  it('that fails late, when another is out, does not end the turn of that one', () => {
    expect(canaryFailed(sent, 'm8', at(10))).toBe(sent);
    const { record } = refused(sent, refusal('account-fault', { first: 'm8', isCanary: true }), at(10));
    expect(record.hold).toEqual({ ...sent.hold, refusedCanaries: ['m8'] });
  });

  it('that made no request lets the next message go at once, and only its own return counts', () => {
    expect(canaryReturned(sent, 'm9').hold).toMatchObject({ canaryMayGo: true });
    expect(canaryReturned(sent, 'm8')).toBe(sent);
  });

  it("changes nothing under a person's hold that came meanwhile", () => {
    const record = holdByPerson(sent, byAyse);
    expect(canaryAccepted(record, now, at())).toBe(record);
    expect(canaryFailed(record, 'm9', at())).toBe(record);
    expect(canaryReturned(record, 'm9')).toBe(record);
  });
});

describe('a person', () => {
  it('holds whatever stands there, and ends their own hold', () => {
    const record = holdByPerson(noRecord, byAyse);
    expect(record.hold).toMatchObject({
      reason: 'operator',
      mode: 'stopped',
      by: 'operator ayse',
      note: 'audit',
    });
    expect(resumeByPerson(record, now + 5)).toEqual({ ...noRecord, liftedAt: now + 5 });
  });

  it('does not mend what lay beneath: it is probed at once', () => {
    const record = holdByPerson(held('no-credit'), byAyse);
    expect(record.hold?.beneath).toEqual({ reason: 'no-credit', code: '11' });
    expect(resumeByPerson(record, now + 5).hold).toMatchObject({
      reason: 'no-credit',
      mode: 'probing',
      nextProbeAt: now + 5,
      probes: 0,
    });
    expect(resumeByPerson(record, now + 5).hold?.note).toBeUndefined();
  });

  it('who resumes an account under another hold has it probed at once, with short waits again', () => {
    const record = probing({ probes: 9, nextProbeAt: now + 500_000, refusedCanaries: ['m0', 'm1'] });
    const { hold } = resumeByPerson(record, now);
    expect(hold).toMatchObject({ reason: 'account-fault', witness: 'm1', probes: 0, nextProbeAt: now });
    // Whatever a question says: a person may know better.
    expect(hold?.canaryMayGo).toBe(true);
    expect(hold?.refusedCanaries).toBeUndefined();
  });

  it('changes nothing where no hold stands', () => {
    expect(resumeByPerson(noRecord, now)).toBe(noRecord);
  });
});

describe('what the queue lets through', () => {
  const resuming = canaryAccepted(held('no-credit'), now, at());

  it.each<[string, HoldRecord, number, string]>([
    ['without a hold', noRecord, 0, 'open'],
    ['held', held('no-credit'), 0, 'closed'],
    ['held by a person', holdByPerson(noRecord, byAyse), 0, 'closed'],
    ['where a canary may go', probing({ canaryMayGo: true }), 0, 'one'],
    ['with a canary under way', probing({ canary: { id: 'm', worker: 'w', until: now + 1 } }), 0, 'closed'],
    ['at first', resuming, 0, 'paced 50'],
    ['a step later', resuming, paceStepMs, 'paced 100'],
    ['by a clock that was set back', resuming, -1e9, 'paced 50'],
  ])('%s', (_, record, ms, expected) => {
    const gate = gateOf(record, now + ms, policy);
    expect(gate.kind === 'paced' ? `paced ${gate.perSecond}` : gate.kind).toBe(expected);
  });

  it('is everything once the pace has risen', () => {
    expect(paced(resuming, at(7 * paceStepMs))).toBe(resuming);
    expect(paced(resuming, at(8 * paceStepMs)).hold).toBeUndefined();
  });
});

describe('a canary that is refused for the same reason with another code', () => {
  it('shows the latest code, and takes no witness of its own', () => {
    const canary = { id: 'c', worker: 'w', until: now + 60_000 };
    const record = { ...noRecord, hold: { ...held('account-fault').hold, code: '77', canary } } as HoldRecord;
    const refusal = {
      reason: 'account-fault',
      ...{ code: '10', first: 'c', startedAt: now },
      ...{ isCanary: true, isAtFault: false, acceptedAt: 0 },
    } as const;
    const { record: after, result } = refused({ ...record, witnessed: ['account-fault'] }, refusal, at());
    expect(result).toBe('back');
    expect(after.hold).toMatchObject({ reason: 'account-fault', code: '10', refusedCanaries: ['c'] });
  });
});

describe('what people see', () => {
  it("is the hold, or else the dashboard's pause", () => {
    expect(shownHold(noRecord, [])).toBeUndefined();
    expect(shownHold(noRecord, ['bulk'])).toMatchObject({
      reason: 'operator',
      by: 'dashboard',
      mode: 'stopped',
      lanes: ['bulk'],
    });
    expect(shownHold(held('no-credit'), ['otp'])?.reason).toBe('no-credit');
    expect(shownHold(canaryAccepted(held('no-credit'), now, at()), ['otp'])?.by).toBe('dashboard');
  });
});

describe('whatever comes, in whatever order', () => {
  const anyStep: fc.Arbitrary<(record: HoldRecord, ms: number) => { record: HoldRecord; witness?: boolean }> =
    fc.oneof(
      fc
        .record({
          reason: fc.constantFrom('account-fault', 'no-credit', 'endpoint'),
          isCanary: fc.boolean(),
          first: fc.constantFrom('m1', 'm2'),
        })
        .map((choice) => (record: HoldRecord, ms: number) => {
          const { reason, ...rest } = choice;
          const step = refused(
            record,
            refusal(reason as AccountRefusal['reason'], { ...rest, startedAt: now + ms }),
            at(ms),
          );
          return { record: step.record, witness: step.result === 'witness' };
        }),
      fc.constant((record: HoldRecord, ms: number) => ({ record: claimProbe(record, at(ms)).record })),
      fc.constant((record: HoldRecord, ms: number) => ({ record: canaryFailed(record, 'm9', at(ms)) })),
      fc
        .record({ says: fc.constantFrom('no', 'yes', 'cannot-tell'), hasWaiting: fc.boolean() })
        .map((answer) => (record: HoldRecord, ms: number) => ({ record: answered(record, answer, at(ms)) })),
      fc.constant((record: HoldRecord) => ({ record: holdByPerson(record, byAyse) })),
      fc.constant((record: HoldRecord, ms: number) => ({ record: resumeByPerson(record, now + ms) })),
    );

  it('an account of which nothing is taken has one witness at the most, however often it is lifted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyStep, fc.nat(30_000)), { maxLength: 40 }), (steps) => {
        let record = noRecord;
        let ms = 0;
        let witnesses = 0;
        for (const [step, passedMs] of steps) {
          ms += passedMs;
          const taken = step(record, ms);
          record = taken.record;
          witnesses += taken.witness ? 1 : 0;
        }
        expect(witnesses).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a pause of lanes on the dashboard', () => {
  it('is shown with the lanes that stand still, and says that the others do not', () => {
    expect(shownHold(noRecord, [])).toBeUndefined();
    const one = shownHold(noRecord, ['bulk']);
    expect(one?.note).toBe('Paused on the dashboard: bulk; the other lanes send');
    const all = shownHold(noRecord, ['otp', 'transactional', 'bulk']);
    expect(all?.note).toBe('Paused on the dashboard: otp, transactional, bulk');
  });
});
