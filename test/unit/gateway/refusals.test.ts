import { describe, expect, it } from 'vitest';
import { GatewayError, type GatewayErrorCode, gatewayErrors } from '../../../src/gateway/errors.ts';
import { producerProblems } from '../../../src/gateway/producer-problems.ts';
import { inBody, messageRefusal, refusalOf } from '../../../src/gateway/refusals.ts';
import { MessageError } from '../../../src/message/errors.ts';
import { OperatorError } from '../../../src/operator/operator-error.ts';
import { ProducerError, type ProducerErrorCode } from '../../../src/producer/errors.ts';

describe('what was thrown', () => {
  it.each([
    ['IDEMPOTENCY_CONFLICT', 422],
    ['CAMPAIGN_CONFLICT', 422],
    ['ACCOUNT_UNKNOWN', 422],
    ['SCHEDULE_SHARED', 409],
    ['REDIS_UNAVAILABLE', 503],
    ['REDIS_REFUSED', 503],
    ['SECRET_INVALID', 503],
    ['PRODUCER_CLOSED', 503],
    ['PRODUCER_OPTIONS_INVALID', 500],
  ] as const)('by the producer as %s is answered with %i', (code, status) => {
    const refusal = refusalOf(new ProducerError(code));
    expect(refusal.status).toBe(status);
    expect(refusal.retryAfterS !== undefined).toBe(status === 503);
    expect(refusal.facts?.mayBeStored).toBe(status === 503 ? false : undefined);
  });

  it('has a row for every code of the producer, and none with a status of success', () => {
    const codes = Object.keys(producerProblems) as ProducerErrorCode[];
    for (const code of codes) expect(producerProblems[code].status).toBeGreaterThanOrEqual(400);
  });

  it('says that it may be stored where the producer does not know, and under what id', () => {
    const error = new ProducerError('REDIS_UNAVAILABLE', { mayBeStored: true, messageId: 'm1' });
    expect(refusalOf(error).facts).toEqual({ mayBeStored: true, messageId: 'm1' });
  });

  it('says why Redis has refused, and in what a repeated call differs', () => {
    expect(refusalOf(new ProducerError('REDIS_REFUSED', { reason: 'OOM' })).facts).toEqual({
      mayBeStored: false,
      reason: 'OOM',
    });
    const conflict = new ProducerError('IDEMPOTENCY_CONFLICT', { fields: ['text'], messageId: 'm1' });
    expect(refusalOf(conflict).facts).toEqual({ fields: ['text'], messageId: 'm1' });
  });

  it.each(Object.keys(gatewayErrors) as GatewayErrorCode[])(
    'by the gateway as %s has its own status',
    (code) => {
      expect(refusalOf(new GatewayError(code)).status).toBe(gatewayErrors[code].status);
    },
  );

  it.each([
    [new OperatorError('REDIS_UNAVAILABLE'), 503, 'REDIS_UNAVAILABLE'],
    [new OperatorError('REDIS_REFUSED'), 503, 'REDIS_REFUSED'],
    [new OperatorError('CURSOR_INVALID'), 500, 'UNEXPECTED'],
    [Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), 413, 'BODY_TOO_LARGE'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 400, 'BODY_CUT'],
    [new TypeError('0532 123 45 67'), 500, 'UNEXPECTED'],
    ['a text', 500, 'UNEXPECTED'],
    [undefined, 500, 'UNEXPECTED'],
  ])('from elsewhere is known by its code, or unexpected (%#)', (error, status, code) => {
    expect(refusalOf(error)).toMatchObject({ status, flaws: [{ code }] });
  });
});

describe('a message that is refused', () => {
  it('has a pointer for each problem, below its place in the request', () => {
    const errors = [
      new MessageError('NUMBER_EMPTY', 'to'),
      new MessageError('FIELD_UNKNOWN', 'message', { name: 'Text' }),
      new MessageError('FIELD_UNKNOWN', 'message', { name: 'one whose name is not shown' }),
    ] as const;
    expect(messageRefusal(errors, inBody('/messages/3')).flaws.map(({ at }) => at)).toEqual([
      { pointer: '/messages/3/to' },
      { pointer: '/messages/3/Text' },
      { pointer: '/messages/3' },
    ]);
  });
});
