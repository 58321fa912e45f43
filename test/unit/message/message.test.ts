import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMessageError, type MessageErrorCode } from '../../../src/message/errors.ts';
import {
  checkMessage,
  checkTitle,
  type MessageRules,
  messageProblems,
  type NewMessage,
} from '../../../src/message/message.ts';

const nowMs = Date.parse('2030-01-31T09:00:00+03:00');
const rules: MessageRules = { title: 'FIRMA', charset: 'utf-8', maxTextLength: 160, nowMs };
const good: NewMessage = { to: '0532 123 45 67', text: 'Siparişiniz yola çıktı.' };

describe('checkMessage', () => {
  it('completes a message from its account and its lane', () => {
    expect(checkMessage(good, rules)).toEqual({
      to: '905321234567',
      text: 'Siparişiniz yola çıktı.',
      title: 'FIRMA',
      lane: 'transactional',
      whenUncertain: 'ask',
      parts: 1,
      deadlineAtMs: nowMs + 86_400_000,
    });
  });

  it('keeps what the message says itself', () => {
    const full: NewMessage = {
      ...good,
      text: 'a'.repeat(300),
      title: ' BANKA ',
      account: 'main',
      lane: 'otp',
      sendAt: nowMs + 1_000,
      deadline: new Date(nowMs + 2_000),
      whenUncertain: 'park',
      idempotencyKey: 'order-17',
    };
    expect(checkMessage(full, { ...rules, maxTextLength: 306 })).toEqual({
      to: '905321234567',
      text: 'a'.repeat(300),
      title: 'BANKA',
      lane: 'otp',
      whenUncertain: 'park',
      parts: 2,
      sendAtMs: nowMs + 1_000,
      deadlineAtMs: nowMs + 2_000,
      idempotencyKey: 'order-17',
    });
  });

  it("counts parts by the account's model, and says by which where it is not the usual one", () => {
    const long = { ...good, text: 'ş'.repeat(156) };
    expect(checkMessage(long, rules)).toMatchObject({ parts: 1 });
    expect(checkMessage(long, { ...rules, partsModel: 'list' })).not.toHaveProperty('partsModel');
    expect(checkMessage(long, { ...rules, partsModel: 'operator-code' })).toMatchObject({
      parts: 2,
      partsModel: 'operator-code',
    });
  });

  it('takes a field that is undefined as left out', () => {
    const sparse = {
      ...good,
      title: undefined,
      lane: undefined,
      sendAt: undefined,
      idempotencyKey: undefined,
    };
    expect(checkMessage(sparse, rules)).toEqual(checkMessage(good, rules));
  });

  it('lets JetSMS be asked about a message whose answer never came, and keeps what its lane does not do by itself', () => {
    const wishOf = (fields: Partial<NewMessage>) => {
      const { whenUncertain, whenNotFound } = checkMessage({ ...good, ...fields }, rules);
      return [whenUncertain, whenNotFound];
    };
    expect(wishOf({ lane: 'otp' })).toEqual(['ask', undefined]);
    expect(wishOf({ lane: 'otp', whenNotFound: 'resend' })).toEqual(['ask', undefined]);
    expect(wishOf({ lane: 'otp', whenNotFound: 'park' })).toEqual(['ask', 'park']);
    expect(wishOf({ lane: 'bulk', whenUncertain: 'ask', whenNotFound: 'resend' })).toEqual(['ask', 'resend']);
    expect(wishOf({ whenUncertain: 'resend' })).toEqual(['resend', undefined]);
  });

  const refused: readonly [unknown, MessageErrorCode, string][] = [
    [undefined, 'MESSAGE_INVALID', 'message'],
    ['0532 123 45 67', 'MESSAGE_INVALID', 'message'],
    [[good], 'MESSAGE_INVALID', 'message'],
    [null, 'MESSAGE_INVALID', 'message'],
    [{ ...good, idempotencykey: 'a' }, 'FIELD_UNKNOWN', 'message'],
    [{ ...good, account: '' }, 'ACCOUNT_UNKNOWN', 'account'],
    [{ ...good, account: 5 }, 'ACCOUNT_UNKNOWN', 'account'],
    [{ text: 'a' }, 'NUMBER_EMPTY', 'to'],
    [{ ...good, to: '0212 123 45 67' }, 'NUMBER_NOT_MOBILE', 'to'],
    [{ to: good.to }, 'TEXT_EMPTY', 'text'],
    [{ ...good, text: 'a'.repeat(1000) }, 'TEXT_TOO_LONG', 'text'],
    [{ ...good, title: '' }, 'TITLE_MISSING', 'title'],
    [{ ...good, lane: 'fast' }, 'LANE_UNKNOWN', 'lane'],
    [{ ...good, lane: null }, 'LANE_UNKNOWN', 'lane'],
    [{ ...good, lane: 'toString' }, 'LANE_UNKNOWN', 'lane'],
    [{ ...good, whenUncertain: 'wait' }, 'WHEN_UNCERTAIN_UNKNOWN', 'whenUncertain'],
    [{ ...good, whenNotFound: 'ask' }, 'WHEN_NOT_FOUND_UNKNOWN', 'whenNotFound'],
    [{ ...good, whenNotFound: null }, 'WHEN_NOT_FOUND_UNKNOWN', 'whenNotFound'],
    [{ ...good, whenUncertain: 'park', whenNotFound: 'park' }, 'WHEN_NOT_FOUND_UNASKED', 'whenNotFound'],
    [{ ...good, sendAt: nowMs - 60_000 }, 'SCHEDULE_PAST', 'sendAt'],
    [{ ...good, deadline: nowMs - 60_000 }, 'DEADLINE_PAST', 'deadline'],
    [{ ...good, idempotencyKey: '' }, 'IDEMPOTENCY_KEY_INVALID', 'idempotencyKey'],
    [{ ...good, idempotencyKey: 17 }, 'IDEMPOTENCY_KEY_INVALID', 'idempotencyKey'],
    [{ ...good, idempotencyKey: 'k'.repeat(257) }, 'IDEMPOTENCY_KEY_INVALID', 'idempotencyKey'],
  ];

  it.each(refused)('refuses %j as %s', (input, code, field) => {
    expect(() => checkMessage(input, rules)).toThrow(expect.objectContaining({ code, field }));
    expect(messageProblems(input, rules)).toEqual([expect.objectContaining({ code, field })]);
  });

  it('names an unknown field only where it looks like a name', () => {
    expect(() => checkMessage({ ...good, sendat: 1 }, rules)).toThrow(/not known: sendat\./);
    expect(() => checkMessage({ ...good, '05321234567': 1 }, rules)).toThrow(/one whose name is not shown/);
  });

  it('accepts exactly what has no problems, and says the first of them', () => {
    const field = fc.oneof(fc.string(), fc.constant(undefined), fc.integer());
    const input = fc.record(
      {
        to: fc.oneof(fc.constantFrom('05321234567', '0212 123 45 67'), field),
        text: fc.oneof(fc.constantFrom('Merhaba', ''), field),
        title: fc.oneof(fc.constantFrom('BANKA', ''), field),
        lane: fc.oneof(fc.constantFrom('otp', 'bulk'), field),
        sendAt: fc.oneof(fc.constantFrom(nowMs + 5, nowMs - 5_000), field),
        extra: field,
      },
      { requiredKeys: ['to', 'text'] },
    );
    fc.assert(
      fc.property(input, (message) => {
        const [first] = messageProblems(message, rules);
        expect(firstProblem(message)).toBe(first?.message);
      }),
    );
  });
});

describe('messageProblems', () => {
  it('says everything that is wrong at once', () => {
    const problems = messageProblems(
      {
        to: '123',
        text: '',
        title: '',
        lane: 'x',
        whenUncertain: 'x',
        idempotencyKey: '',
        sendAt: 'x',
        a: 1,
        b: 2,
      },
      rules,
    );
    expect(problems.map(({ code }) => code)).toEqual([
      'FIELD_UNKNOWN',
      'FIELD_UNKNOWN',
      'NUMBER_INVALID',
      'TEXT_EMPTY',
      'TITLE_MISSING',
      'LANE_UNKNOWN',
      'WHEN_UNCERTAIN_UNKNOWN',
      'IDEMPOTENCY_KEY_INVALID',
      'TIME_INVALID',
    ]);
  });

  it('says nothing of a message that can be sent', () => {
    expect(messageProblems(good, rules)).toEqual([]);
  });

  it('does not hide a failure of ours as a problem of the message', () => {
    const broken = {
      ...good,
      get text(): string {
        throw new TypeError('getter');
      },
    };
    expect(() => messageProblems(broken, rules)).toThrow(TypeError);
  });
});

describe('checkTitle', () => {
  const { title: _, ...untitled } = rules;

  it('asks for a title where neither message nor account has one', () => {
    for (const title of [undefined, null, '', ' ']) {
      expect(() => checkTitle(title, untitled)).toThrow(expect.objectContaining({ code: 'TITLE_MISSING' }));
    }
  });

  it.each([5, 'A\nB', 'A\0B', 'x'.repeat(41), 'EURO€'])('refuses the title %j', (title) => {
    expect(() => checkTitle(title, { ...rules, charset: 'iso-8859-9' })).toThrow(
      expect.objectContaining({ code: 'TITLE_INVALID', field: 'title' }),
    );
  });

  it('takes a title in Turkish letters or digits', () => {
    expect(checkTitle('ŞİRKET', { ...rules, charset: 'iso-8859-9' })).toBe('ŞİRKET');
    expect(checkTitle('08501234567', rules)).toBe('08501234567');
  });
});

function firstProblem(input: unknown): string | undefined {
  try {
    checkMessage(input, rules);
    return undefined;
  } catch (error) {
    if (isMessageError(error)) return error.message;
    throw error;
  }
}
