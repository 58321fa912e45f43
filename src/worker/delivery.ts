import type { EndWriter } from '../bullmq/finish-together.ts';
import type { JournalStore } from '../bullmq/journal-store.ts';
import type { JetsmsClient } from '../jetsms/provider-request.ts';
import type { Journal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { EndpointBreaker } from './account/breaker.ts';
import type { AccountHolds } from './account/holds.ts';
import type { MediaLibrary } from './account/media.ts';
import type { Rate } from './account/pace.ts';
import type { Collectable } from './collector.ts';
import type { LateReplies } from './late-replies.ts';
import type { Telemetry } from './telemetry.ts';
import type { Verdict } from './verdict/decide.ts';

/** A job on its way to JetSMS. */
export interface Delivery extends Collectable {
  readonly id: string;
  /** The lock's token: what fences every write. */
  readonly token: string;
  readonly job: SendJob;
  readonly journal: Journal;
  /** When the job was taken from the queue, epoch milliseconds. */
  readonly takenAt: number;
  /** The account is held, and the job's first message tries whether it works again; `messages` is 1. */
  readonly isCanary: boolean;
  readonly settle: (settlement: Settlement) => void;
}

/** What came of a delivery, for the processor that waits for it. */
export type Settlement =
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      readonly journal: Journal;
      /** How long the request took; missing where this run made none. */
      readonly durationMs?: number;
    }
  /** Nothing was sent: the job goes back as it was. */
  | { readonly kind: 'back' }
  /** The lock is another's now: nothing may be done with the job here. */
  | { readonly kind: 'lost' }
  /** A late reply has settled the message meanwhile; its journal says how. */
  | { readonly kind: 'superseded' }
  /** Redis refused a write, or a bug. A mark, if one was written, stays. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** What delivering needs of the world. */
export interface DeliverContext {
  readonly client: JetsmsClient;
  readonly breaker: EndpointBreaker;
  readonly rate: Pick<Rate, 'pay'>;
  /** False where the clock of this machine has turned out wrong. */
  readonly mayLeave: () => boolean;
  readonly holds: AccountHolds;
  readonly journals: JournalStore;
  readonly lateReplies: LateReplies;
  readonly media: MediaLibrary;
  readonly telemetry: Telemetry;
  readonly worker: string;
  readonly maxResends: number;
  readonly lockDurationMs: number;
  readonly windowOpensAt: (now: number) => number | undefined;
  readonly ends: Pick<EndWriter, 'room'>;
  readonly now: () => number;
  readonly random: () => number;
}
