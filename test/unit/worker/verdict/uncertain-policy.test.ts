import { describe, expect, it } from 'vitest';
import { lanes } from '../../../../src/message/lane.ts';
import type { SendJob } from '../../../../src/queue/send-job.ts';
import { uncertainPolicy } from '../../../../src/worker/verdict/uncertain-policy.ts';
import { canAsk, cannotAsk } from '../../../support/ask-ability.ts';
import { sendJob } from '../../../support/send-job.ts';

const media: NonNullable<SendJob['media']> = {
  hash: 'a'.repeat(64),
  contentType: 'image/png',
  subject: '',
  bytes: 1,
};

describe('what becomes of a message without an answer', () => {
  it.each(lanes)('in lane %s: it is asked about, and only an OTP is sent again by itself', (lane) => {
    const otherwise = lane === 'otp' ? 'resend' : 'park';
    const job = sendJob({ lane, whenUncertain: 'ask' });
    expect(uncertainPolicy(job, canAsk)).toEqual({
      asks: true,
      firstMs: 2_000,
      forMs: lane === 'otp' ? 20_000 : 3_600_000,
      otherwise,
    });
    expect(uncertainPolicy(job, cannotAsk)).toEqual({ asks: false, otherwise });
  });

  it.each(['park', 'resend'] as const)(
    'is %s where the message says so, whatever the account can',
    (choice) => {
      for (const lane of lanes)
        for (const ability of [canAsk, cannotAsk])
          expect(uncertainPolicy(sendJob({ lane, whenUncertain: choice }), ability)).toEqual({
            asks: false,
            otherwise: choice,
          });
    },
  );

  it.each(['park', 'resend'] as const)('after asking is %s where the message says so', (whenNotFound) => {
    for (const lane of lanes)
      for (const ability of [canAsk, cannotAsk])
        expect(uncertainPolicy(sendJob({ lane, whenUncertain: 'ask', whenNotFound }), ability)).toMatchObject(
          {
            asks: ability === canAsk,
            otherwise: whenNotFound,
          },
        );
  });

  it('is not asked for an MMS, which carries no id of ours', () => {
    const mms = sendJob({ whenUncertain: 'ask', media });
    expect(uncertainPolicy(mms, canAsk)).toEqual({ asks: false, otherwise: 'park' });
  });
});
