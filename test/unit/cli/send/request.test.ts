import { describe, expect, it } from 'vitest';
import {
  checkOptions,
  commonFields,
  fieldsAt,
  refusalOf,
  type SendOptions,
} from '../../../../src/cli/send/request.ts';
import { MessageError } from '../../../../src/message/errors.ts';
import { ProducerError } from '../../../../src/producer/errors.ts';
import { accountSettings } from '../../../support/account-settings.ts';

const nowMs = Date.parse('2030-01-31T09:00:00Z');
const account = accountSettings({ url: 'http://127.0.0.1/' });
const fieldsOf = (options: Partial<SendOptions>) =>
  commonFields({ text: 'x', ...options }, { account, sampleText: options.text ?? 'x', nowMs });

describe('the options of a send', () => {
  it.each([
    [{}, 'NO_RECIPIENTS'],
    [{ to: ['05321234567'], csv: 'a.csv' }, 'USAGE'],
    [{ to: ['05321234567'], again: true }, 'USAGE'],
    [{ to: ['05321234567'], toColumn: 'gsm' }, 'USAGE'],
  ] as const)('%j are refused with %s', (options, code) => {
    expect(() => checkOptions({ text: 'x', ...options })).toThrow(expect.objectContaining({ code }));
  });

  it.each([[{ to: ['05321234567'] }], [{ csv: 'a.csv', again: true, toColumn: 'gsm' }]] as const)(
    '%j go together',
    (options) => {
      expect(() => checkOptions({ text: 'x', ...options })).not.toThrow();
    },
  );
});

describe('what all messages of a send have in common', () => {
  it('names the account, and leaves to the producer what was not given', () => {
    expect(fieldsOf({})).toEqual({ account: 'acme' });
  });

  it.each([
    ['30m', undefined, nowMs + 30 * 60_000],
    ['2h', undefined, nowMs + 2 * 3_600_000],
    ['45s', '2030-02-01T09:00:00Z', Date.parse('2030-02-01T09:00:45Z')],
    ['1d', '2030-02-01T09:00:00Z', Date.parse('2030-02-02T09:00:00Z')],
  ])('counts a deadline of %s from the time of sending (%s)', (deadline, at, expected) => {
    expect(fieldsOf({ deadline, ...(at === undefined ? {} : { at }) }).deadline).toBe(expected);
  });

  it('counts a deadline from the time at which a message is made, so that repeating a command repeats it', () => {
    const options = { text: 'x', deadline: '30m' };
    expect(fieldsAt(options, account, nowMs + 5_000).deadline).toBe(nowMs + 5_000 + 30 * 60_000);
    const at = '2030-02-01T09:00:00Z';
    expect(fieldsAt({ ...options, at }, account, nowMs + 5_000).deadline).toBe(Date.parse(at) + 30 * 60_000);
  });

  it.each([
    [{ title: ' ' }, 'TITLE_MISSING'],
    [{ at: '2030-01-31T08:00:00Z' }, 'SCHEDULE_PAST'],
    [{ at: 'tomorrow' }, 'TIME_INVALID'],
    [{ at: 'tomorrow', deadline: '1h' }, 'TIME_INVALID'],
    [{ deadline: '2030-01-31T08:00:00Z' }, 'DEADLINE_PAST'],
    [{ deadline: '30 minutes' }, 'TIME_INVALID'],
    [{ text: 'x'.repeat(1_000) }, 'TEXT_TOO_LONG'],
  ] as const)('is refused once, before any line, for %j', (options, code) => {
    expect(() => fieldsOf(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a refusal of one line', () => {
  it('is what the message check says, and a key used for another text', () => {
    expect(refusalOf(new MessageError('NUMBER_EMPTY', 'to'))).toMatchObject({ code: 'NUMBER_EMPTY' });
    const conflict = new ProducerError('IDEMPOTENCY_CONFLICT', { fields: ['text'] });
    expect(refusalOf(conflict)).toEqual({ code: 'IDEMPOTENCY_CONFLICT', message: conflict.message });
  });

  it('is nothing else: an absent Redis is not the fault of a line', () => {
    expect(refusalOf(Object.assign(new Error('x'), { code: 'REDIS_UNAVAILABLE' }))).toBeUndefined();
    expect(refusalOf('x')).toBeUndefined();
  });
});
