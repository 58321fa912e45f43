import { type SendJob, sendJobVersion } from '../../src/queue/send-job.ts';

/** A send job as the producer writes it: one transactional message, good for an hour. */
export function sendJob(change: Partial<SendJob> = {}): SendJob {
  const enqueuedAt = change.enqueuedAt ?? Date.now();
  return {
    v: sendJobVersion,
    account: 'acme',
    lane: 'transactional',
    title: 'ACME',
    to: ['905321234567'],
    text: 'Merhaba',
    whenUncertain: 'park',
    parts: 1,
    enqueuedAt,
    deadlineAt: enqueuedAt + 3_600_000,
    ...change,
  };
}
