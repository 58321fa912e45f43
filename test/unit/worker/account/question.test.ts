import { describe, expect, it } from 'vitest';
import type { AccountAnswer } from '../../../../src/jetsms/account-queries.ts';
import type { HoldReason } from '../../../../src/queue/hold-reasons.ts';
import type { Hold } from '../../../../src/worker/account/hold-record.ts';
import { askAccount, readProbe } from '../../../../src/worker/account/question.ts';
import { refusedBy } from '../../../support/outcomes.ts';

const hold = (reason: HoldReason, credit?: number): Hold => ({
  reason,
  mode: 'probing',
  since: 1,
  modeSince: 1,
  by: 'worker w',
  probes: 0,
  nextProbeAt: 0,
  canaryMayGo: false,
  ...(credit === undefined ? {} : { credit }),
});
const credit = (value: number): AccountAnswer<number> => ({ kind: 'answer', value });
const none = (why: Extract<AccountAnswer<number>, { kind: 'no-answer' }>['why']): AccountAnswer<number> => ({
  kind: 'no-answer',
  why,
});
const uncertain = (cause: 'html-reply' | 'reply-timeout' | 'malformed-reply') =>
  none({ kind: 'uncertain', cause });

describe('what the question for the credit says of a hold', () => {
  it.each<[HoldReason, string, AccountAnswer<number>, string]>([
    ['account-fault', 'a credit', credit(0), 'yes'],
    ['account-fault', 'a wrong login', none(refusedBy('10', 'wrong user')), 'no'],
    ['account-fault', 'a closed account', none(refusedBy('77', 'closed')), 'no'],
    ['account-fault', 'an address that is not allowed', none(refusedBy('28', 'unauthorized ip')), 'no'],
    ['account-fault', 'a number that is a code or a credit', none(refusedBy('28')), 'cannot-tell'],
    ['no-credit', 'a number that is a code or a credit', none(refusedBy('77')), 'cannot-tell'],
    ['unreachable', 'a number that is a code or a credit', none(refusedBy('10')), 'yes'],
    ['unreachable', 'a wrong login', none(refusedBy('10', 'wrong user')), 'yes'],
    ['account-fault', 'a code that says nothing of the account', none(refusedBy('20')), 'cannot-tell'],
    ['account-fault', 'no such page', none({ kind: 'refused', by: 'http', status: 404 }), 'cannot-tell'],
    ['account-fault', 'no answer', uncertain('reply-timeout'), 'cannot-tell'],
    ['endpoint', 'a credit', credit(5), 'yes'],
    ['endpoint', 'the same refusal', none({ kind: 'refused', by: 'http', status: 403 }), 'cannot-tell'],
    ['unknown-code', 'a credit', credit(5), 'yes'],
    ['unreachable', 'a credit', credit(5), 'yes'],
    ['unreachable', 'any refusal', none({ kind: 'refused', by: 'http', status: 404 }), 'yes'],
    ['unreachable', 'a page', uncertain('html-reply'), 'yes'],
    ['unreachable', 'no connection', none({ kind: 'unsent', cause: 'connection-refused' }), 'no'],
    ['unreachable', 'a busy server', none({ kind: 'unsent', cause: 'http-503' }), 'no'],
    ['unreachable', 'no answer', uncertain('reply-timeout'), 'no'],
  ])('%s, %s: %s', (reason, _, answer, expected) => {
    expect(readProbe(hold(reason), answer).says).toBe(expected);
  });

  it.each<[string, number | undefined, number, ReturnType<typeof readProbe>]>([
    ['none', undefined, 0, { says: 'no', credit: 0 }],
    ['none, in debt', 3, -1, { says: 'no', credit: 0 }],
    [
      'some, told for the first time: too little for a message, or new',
      undefined,
      3,
      { says: 'cannot-tell', credit: 3 },
    ],
    ['as little as before', 3, 3, { says: 'cannot-tell' }],
    ['more than before', 3, 4, { says: 'yes' }],
    ['some after none', 0, 1, { says: 'yes' }],
  ])('no-credit, %s', (_, before, value, expected) => {
    expect(readProbe(hold('no-credit', before), credit(value))).toEqual(expected);
  });

  it('is nothing where the account may not be asked', async () => {
    expect(await askAccount(undefined)(hold('unreachable'))).toEqual({ says: 'cannot-tell' });
  });
});
