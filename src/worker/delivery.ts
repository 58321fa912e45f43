import type { JobRecords } from '../bullmq/job-records.ts';
import type { JetsmsClient } from '../jetsms/provider-request.ts';
import type { Journal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { EndpointBreaker } from './account/breaker.ts';
import type { AccountHolds } from './account/holds.ts';
import type { MediaLibrary } from './account/media.ts';
import type { Rate } from './account/pace.ts';
import type { LateReplies } from './late-replies.ts';
import type { Settlement } from './settlement.ts';
import type { Telemetry } from './telemetry.ts';
import type { UncertainPolicy } from './verdict/uncertain-policy.ts';
import type { Joinable } from './waiting-jobs.ts';

/** A job on its way to JetSMS. */
export interface Delivery extends Joinable {
  readonly id: string;
  /** Which run of the job this is: what fences every write. */
  readonly run: number;
  /** Whose lock makes it this run's. */
  readonly token: string;
  readonly job: SendJob;
  readonly journal: Journal;
  /** What becomes of it where no answer comes. */
  readonly policy: UncertainPolicy;
  /** What this run has seen of the record; `job` is without the messages that it says do not go. */
  readonly seen: string;
  /** The account is held, and the job's first message tries whether it works again; `messages` is 1. */
  readonly isCanary: boolean;
  readonly settle: (settlement: Settlement) => void;
}

/** What making requests needs of the world. */
export interface RequestContext {
  readonly client: JetsmsClient;
  readonly breaker: EndpointBreaker;
  readonly rate: Pick<Rate, 'pay'>;
  /** False where the clock of this machine has turned out wrong. */
  readonly mayLeave: () => boolean;
  readonly holds: AccountHolds;
  readonly records: JobRecords;
  readonly lateReplies: LateReplies;
  readonly media: MediaLibrary;
  readonly telemetry: Telemetry;
  readonly worker: string;
  readonly maxResends: number;
  readonly windowOpensAt: (now: number) => number | undefined;
  readonly now: () => number;
  readonly random: () => number;
}
