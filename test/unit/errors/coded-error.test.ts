import { describe, expect, it } from 'vitest';
import { CodedError, type ErrorFacts } from '../../../src/errors/coded-error.ts';

const table = { LOST: { meaning: 'It is lost.', whatToDo: 'Look for it.' } } as const;

class LostError extends CodedError<keyof typeof table> {
  override readonly name = 'LostError';

  constructor(facts?: ErrorFacts) {
    super('LOST', table.LOST, facts);
  }
}

describe('an error with a row in a table', () => {
  it('says what it means and what to do, and has its code', () => {
    const error = new LostError();
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'LostError', code: 'LOST', message: 'It is lost. Look for it.' });
    expect(Object.hasOwn(error, 'cause')).toBe(false);
  });

  it('says between the two what is known of the case, and keeps its cause', () => {
    const cause = new Error('x');
    const error = new LostError({ detail: 'Since Monday.', cause });
    expect(error.message).toBe('It is lost. Since Monday. Look for it.');
    expect(error.cause).toBe(cause);
  });

  it('has no second space where there is nothing to say of the case', () => {
    expect(new LostError({ detail: '' }).message).toBe('It is lost. Look for it.');
  });
});
