import type { ClaimAnswers, NewJob } from '../queue/add-jobs.ts';
import type { CampaignJob, CampaignProgress, CampaignState } from '../queue/campaign.ts';
import type { ShownInEvents } from '../queue/event-entry.ts';
import type { Medium } from '../queue/media.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { CancelSteps } from '../status/cancel.ts';
import type { Place } from '../status/place.ts';
import type { RescheduleSteps } from '../status/reschedule.ts';

/** A campaign, by its name within an account. */
export interface CampaignName {
  readonly account: string;
  readonly campaign: string;
}

/**
 * What a producer stores and looks up: in Redis (`redis-data.ts`), or in the memory of a test (`src/testing`). All that is decided
 * before and after is decided once, for both. Each function is one piece of work for `RedisCalls`.
 */
export interface StoredData {
  /** Adds a job in one step with its claims; says what each of them met. */
  addJob(newJob: NewJob): Promise<ClaimAnswers>;
  /** What holds a claimed name; null where nothing does. */
  claimOf(account: string, name: string): Promise<string | null>;
  /** Stores a medium, or keeps the one that is there for longer. */
  keepMedium(account: string, medium: Medium): Promise<void>;
  /** Counts a job of a campaign by its position, so that counting it again changes nothing. */
  countCampaignJob(campaign: CampaignName, job: CampaignJob): Promise<void>;
  /** All of a campaign's messages are stored: the end of the last is its end. */
  closeCampaign(campaign: CampaignName): Promise<void>;
  readCampaign(campaign: CampaignName): Promise<CampaignProgress | undefined>;
  setCampaignState(campaign: CampaignName, state: CampaignState): Promise<boolean>;
  messagesOf(account: string, look: Look): StoredMessages;
}

/** How messages are looked for. */
export interface Look {
  /** Redis' time, epoch milliseconds. */
  readonly now: number;
  /** Jobs that have been read, for a call that asks about many messages. */
  readonly read?: Map<string, SendJob>;
}

/** The messages of an account. */
export interface StoredMessages {
  locate(id: string): Promise<Place>;
  /** How they are called off, and what the event of that shows. */
  cancelling(shownInEvents: ShownInEvents): CancelSteps;
  /** How they are moved to another time, and by what name a key holds its claim. */
  rescheduling(nameOfKey: (idempotencyKey: string) => string): RescheduleSteps;
}
