import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  isMessageError,
  MessageError,
  type MessageErrorCode,
  messageErrors,
} from '../../../src/message/errors.ts';

describe('MessageError', () => {
  it('says the field, what is wrong with the facts filled in, and what to do', () => {
    const error = new MessageError('TEXT_TOO_LONG', 'text', { characters: 161, maximum: 160 });
    expect(error).toMatchObject({ name: 'MessageError', code: 'TEXT_TOO_LONG', field: 'text' });
    expect(error.message).toMatch(/^text: The text has 161 characters; the account allows 160\. Shorten/);
    expect(error.details).toEqual({ characters: 161, maximum: 160 });
  });

  it('puts a question mark where a fact is missing, rather than failing while it reports a failure', () => {
    expect(new MessageError('LANE_UNKNOWN', 'lane').message).toContain('Use one of: ?.');
  });

  it.each(Object.entries(messageErrors))('%s explains itself in sentences', (code, row) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(row.meaning).toMatch(/^\S.*\.$/);
    expect(row.whatToDo).toMatch(/^\S.*\.$/);
  });
});

describe('isMessageError', () => {
  it('knows an error by name and code, also one of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'MessageError', code: 'TEXT_EMPTY' });
    expect(isMessageError(new MessageError('TEXT_EMPTY', 'text'))).toBe(true);
    expect(isMessageError(foreign)).toBe(true);
  });

  it('knows one whose Error is that of another realm, as in Jest', () => {
    const code = `Object.assign(new Error('x'), { name: 'MessageError', code: 'TEXT_EMPTY' })`;
    const foreign: unknown = runInNewContext(code);
    expect(foreign).not.toBeInstanceOf(Error);
    expect(isMessageError(foreign)).toBe(true);
  });

  it.each([
    undefined,
    'TEXT_EMPTY',
    { name: 'MessageError', code: 'TEXT_EMPTY' },
    new Error('x'),
    Object.assign(new Error('x'), { name: 'MessageError' }),
    Object.assign(new Error('x'), { name: 'MessageError', code: 'toString' }),
  ])('does not take %s for one', (value) => {
    expect(isMessageError(value)).toBe(false);
  });

  it('narrows to the closed list of codes', () => {
    const error: unknown = new MessageError('TEXT_EMPTY', 'text');
    const code: MessageErrorCode | undefined = isMessageError(error) ? error.code : undefined;
    expect(code).toBe('TEXT_EMPTY');
  });
});
