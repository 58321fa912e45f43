import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  isProducerError,
  ProducerError,
  type ProducerErrorCode,
  producerErrors,
} from '../../../src/producer/errors.ts';

const codes = Object.keys(producerErrors) as ProducerErrorCode[];

describe('an error of the producer', () => {
  it.each(codes)('%s says what is wrong and what to do, in whole sentences', (code) => {
    const { meaning, whatToDo } = producerErrors[code];
    expect(code).toMatch(/^[A-Z_]+$/);
    for (const sentence of [meaning, whatToDo]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    const error = new ProducerError(code);
    expect(error).toMatchObject({ name: 'ProducerError', code, message: `${meaning} ${whatToDo}` });
    expect(error).toBeInstanceOf(Error);
  });

  it('puts what it knows of the case between the two', () => {
    const error = new ProducerError('ACCOUNT_UNKNOWN', { detail: 'Known accounts: shop.' });
    expect(error.message).toMatch(/was given\. Known accounts: shop\. Add the account/);
  });

  it('names the message and keeps its cause', () => {
    const cause = new Error('Command timed out');
    const error = new ProducerError('REDIS_UNAVAILABLE', { messageId: 'm1', cause });
    expect(error.messageId).toBe('m1');
    expect(error.cause).toBe(cause);
  });
});

describe('isProducerError', () => {
  it('knows errors of this copy of the package, of another, and of another realm', () => {
    class ProducerErrorOfAnotherCopy extends Error {
      override readonly name = 'ProducerError';
      readonly code = 'REDIS_REFUSED';
    }
    const realm = createContext({});
    const foreign = runInContext(
      "Object.assign(new Error('x'), { name: 'ProducerError', code: 'REDIS_REFUSED' })",
      realm,
    );
    for (const error of [new ProducerError('PRODUCER_CLOSED'), new ProducerErrorOfAnotherCopy(), foreign])
      expect(isProducerError(error)).toBe(true);
  });

  it.each([
    undefined,
    'REDIS_REFUSED',
    { name: 'ProducerError', code: 'REDIS_REFUSED' },
    Object.assign(new Error('x'), { name: 'ProducerError', code: 'toString' }),
    Object.assign(new Error('x'), { name: 'MessageError', code: 'TEXT_EMPTY' }),
    new Proxy(new Error('x'), { get: () => expect.fail('it was asked') }),
  ])('takes nothing else for one: %#', (value) => {
    expect(isProducerError(value)).toBe(false);
  });
});
