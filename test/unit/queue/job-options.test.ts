import { describe, expect, it } from 'vitest';
import { bullAttempts, sendJobOptions } from '../../../src/queue/job-options.ts';

const now = 1_800_000_000_000;

describe('the BullMQ options of a send job', () => {
  it('never let BullMQ give a job up by itself', () => {
    expect(sendJobOptions({ id: 'm1', now }).attempts).toBe(bullAttempts);
    expect(bullAttempts).toBeGreaterThan(100_000);
  });

  it('hold a delay only where there is one', () => {
    const delayed = sendJobOptions({ id: 'm1', now, delayMs: 500 });
    expect(delayed).toMatchObject({ jobId: 'm1', timestamp: now, delay: 500 });
    expect(sendJobOptions({ id: 'm1', now, delayMs: 0 })).not.toHaveProperty('delay');
  });
});
