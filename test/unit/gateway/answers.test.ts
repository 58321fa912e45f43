import { describe, expect, it } from 'vitest';
import {
  campaignAnswer,
  cancelAnswer,
  rescheduleAnswer,
  sentAnswer,
  sentItem,
  statusAnswer,
} from '../../../src/gateway/answers.ts';

const receipt = {
  id: 'm1',
  account: 'acme',
  lane: 'otp',
  parts: 1,
  sendAt: 1,
  deadlineAt: 2,
  duplicate: false,
} as const;
const { duplicate: _duplicate, ...sent } = receipt;

describe('the answer', () => {
  it('to a message is 202 with its place, and the same again with a header', () => {
    expect(sentAnswer(receipt)).toEqual({
      status: 202,
      headers: { location: '/v1/messages/m1' },
      body: sent,
    });
    expect(sentAnswer({ ...receipt, duplicate: true })).toEqual({
      status: 202,
      headers: { location: '/v1/messages/m1', 'idempotent-replayed': 'true' },
      body: sent,
    });
  });

  it('to one of many says the same within', () => {
    expect(sentItem(receipt)).toEqual({ status: 202, ...sent });
    expect(sentItem({ ...receipt, duplicate: true })).toEqual({ status: 202, ...sent, replayed: true });
  });

  it.each([
    ['cancelled', 200, undefined],
    ['too-late', 409, 'MESSAGE_TOO_LATE'],
    ['unknown', 404, 'MESSAGE_UNKNOWN'],
  ] as const)('to a cancel that came to %s is %i', (result, status, code) => {
    expect(cancelAnswer('m1', result)).toMatchObject({ status, ...(code ? { flaws: [{ code }] } : {}) });
  });

  it.each([
    ['rescheduled', 200, undefined],
    ['too-late', 409, 'MESSAGE_TOO_LATE'],
    ['unknown', 404, 'MESSAGE_UNKNOWN'],
  ] as const)('to a reschedule that came to %s is %i', (result, status, code) => {
    expect(rescheduleAnswer('m1', result)).toMatchObject({ status, ...(code ? { flaws: [{ code }] } : {}) });
  });

  it('about what nobody knows is 404', () => {
    expect(statusAnswer({ id: 'm1', state: 'unknown' }).status).toBe(404);
    expect(statusAnswer({ id: 'm1', state: 'accepted' }).status).toBe(200);
    expect(campaignAnswer(undefined).status).toBe(404);
  });
});
