import { describe, expect, it } from 'vitest';
import { checkOptions, commonFields, refusalOf, type SendOptions } from '../../../../src/cli/send/request.ts';
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

  it('leaves a deadline as it was written: the producer counts it from the time of sending', () => {
    expect(fieldsOf({ deadline: '30m' }).deadline).toBe('30m');
  });

  it.each([
    [{ title: ' ' }, 'TITLE_MISSING'],
    [{ at: '2030-01-31T08:00:00Z' }, 'SCHEDULE_PAST'],
    [{ at: 'tomorrow' }, 'TIME_INVALID'],
    [{ at: 'tomorrow', deadline: '1h' }, 'TIME_INVALID'],
    [{ deadline: '2030-01-31T08:00:00Z' }, 'DEADLINE_PAST'],
    [{ deadline: '30 minutes' }, 'DURATION_INVALID'],
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
