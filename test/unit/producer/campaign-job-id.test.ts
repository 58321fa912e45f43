import { describe, expect, it } from 'vitest';
import { campaignJobId } from '../../../src/producer/campaign-job-id.ts';
import { sendJob } from '../../support/send-job.ts';

describe("the id of a campaign's job", () => {
  const job = sendJob({ campaign: 'sale', account: 'acme' });
  const secret = 'a'.repeat(64);
  const id = campaignJobId(job, 3, secret);

  it('is the same for the same campaign, place and content, whenever it is enqueued', () => {
    const later = { ...job, enqueuedAt: job.enqueuedAt + 1, deadlineAt: job.deadlineAt + 1 };
    expect(campaignJobId(later, 3, secret)).toEqual(id);
  });

  it.each([
    ['recipients', { to: ['905321234568'] }],
    ['text', { text: 'Selam' }],
    ['title', { title: 'OTHER' }],
  ])('has another content, and the same place, with another %s', (_, change) => {
    const other = campaignJobId({ ...job, ...change }, 3, secret);
    expect(other.deduplicationId).toBe(id.deduplicationId);
    expect(other.idPrefix).not.toBe(id.idPrefix);
  });

  it.each([
    ['position', job, 4],
    ['campaign', { ...job, campaign: 'other' }, 3],
    ['account', { ...job, account: 'other' }, 3],
  ])('has another place with another %s', (_, other, position) => {
    expect(campaignJobId(other, position, secret).deduplicationId).not.toBe(id.deduplicationId);
  });

  it('shares nothing with that of another installation', () => {
    const other = campaignJobId(job, 3, 'b'.repeat(64));
    expect(other.deduplicationId).not.toBe(id.deduplicationId);
    expect(other.idPrefix.split('-')[2]).not.toBe(id.idPrefix.split('-')[2]);
  });

  it('begins with its place, holds no number, and is fit to be a job id of BullMQ', () => {
    expect(id.idPrefix.startsWith(`${id.deduplicationId}-`)).toBe(true);
    expect(id.idPrefix).toMatch(/^c[0-9a-f]{20}-3-[0-9a-f]{16}-$/);
  });
});
