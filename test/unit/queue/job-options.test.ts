import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import { bullAttempts, lanePriority, sendJobOptions } from '../../../src/queue/job-options.ts';

const now = 1_800_000_000_000;

describe('the BullMQ options of a send job', () => {
  it('put an OTP before transactional messages, and these before bulk', () => {
    const order = lanes.toSorted((a, b) => lanePriority[a] - lanePriority[b]);
    expect(order).toEqual(['otp', 'transactional', 'bulk']);
    expect(sendJobOptions({ id: 'm1', lane: 'otp', now })).toMatchObject({ jobId: 'm1', priority: 1 });
  });

  it('never let BullMQ give a job up by itself', () => {
    expect(sendJobOptions({ id: 'm1', lane: 'bulk', now }).attempts).toBe(bullAttempts);
    expect(bullAttempts).toBeGreaterThan(100_000);
  });

  it('hold a delay only where there is one', () => {
    const delayed = sendJobOptions({ id: 'm1', lane: 'bulk', now, delayMs: 500 });
    expect(delayed).toMatchObject({ timestamp: now, delay: 500 });
    expect(sendJobOptions({ id: 'm1', lane: 'bulk', now, delayMs: 0 })).not.toHaveProperty('delay');
  });

  it('hold a deduplication window only where there is one', () => {
    const deduplication = { id: 'k1', ttlMs: 1_000 };
    expect(sendJobOptions({ id: 'm1', lane: 'bulk', now, deduplication })).toMatchObject({
      deduplication: { id: 'k1', ttl: 1_000 },
    });
    expect(sendJobOptions({ id: 'm1', lane: 'bulk', now })).not.toHaveProperty('deduplication');
  });
});
