import { describe, expect, it } from 'vitest';
import { ProducerError, type ProducerErrorCode, producerErrors } from '../../../src/producer/errors.ts';

const codes = Object.keys(producerErrors) as ProducerErrorCode[];

describe('an error of the producer', () => {
  it.each(codes)('%s says what is wrong and what to do, in whole sentences', (code) => {
    const { meaning, whatToDo } = producerErrors[code];
    expect(code).toMatch(/^[A-Z_]+$/);
    for (const sentence of [meaning, whatToDo]) expect(sentence).toMatch(/^(send\(\)|[A-Z]).*\.$/);
    const error = new ProducerError(code);
    expect(error).toMatchObject({ name: 'ProducerError', code, message: `${meaning} ${whatToDo}` });
    expect(error).toBeInstanceOf(Error);
  });

  it('puts what it knows of the case between the two', () => {
    const error = new ProducerError('UNKNOWN_ACCOUNT', { detail: 'Known accounts: shop.' });
    expect(error.message).toMatch(/was not given\. Known accounts: shop\. Add the account/);
  });

  it('names the message and keeps its cause', () => {
    const cause = new Error('Command timed out');
    const error = new ProducerError('REDIS_UNAVAILABLE', { messageId: 'm1', cause });
    expect(error.messageId).toBe('m1');
    expect(error.cause).toBe(cause);
  });
});
