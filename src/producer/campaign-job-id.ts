import { keyedHash } from '../message/keyed-hash.ts';
import type { SendJob } from '../queue/send-job.ts';

/** How a campaign's job is known: the same for the same campaign, place and content, so that enqueueing can be repeated. */
export interface CampaignJobId {
  /** What the job's id begins with. */
  readonly idPrefix: string;
  /** Same place, whatever the content. */
  readonly deduplicationId: string;
}

export function campaignJobId(job: SendJob, position: number, secret: string): CampaignJobId {
  const { account, campaign, title, to, text } = job;
  const place = keyedHash(secret, 'campaign', [account, campaign]).slice(0, 20);
  const content = keyedHash(secret, 'campaign-content', [campaign, title, to, text]).slice(0, 16);
  const deduplicationId = `c${place}-${position}`;
  return { idPrefix: `${deduplicationId}-${content}-`, deduplicationId };
}
