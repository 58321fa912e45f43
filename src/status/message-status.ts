import type { Lane } from '../message/lane.ts';
import type { Meta } from '../message/meta.ts';
import type { DeathFacts } from '../queue/journal.ts';

/** What can become of a message, in the order of its life. What each means: docs/status.md. */
export const messageStates = {
  scheduled: 'It waits for its time.',
  waiting: 'It waits for a worker, for its next attempt, or for its account or campaign to go on.',
  sending: 'A request that carries it may be under way.',
  asking: 'A request for it got no answer, and JetSMS is asked whether it has the message.',
  accepted: 'JetSMS has taken it. Whether it was delivered is not known yet, or not asked.',
  delivered: 'JetSMS says that it was delivered.',
  failed: 'JetSMS says that it was not delivered.',
  unconfirmed: 'JetSMS took it, and did not say in time what became of it.',
  dead: 'It was given up, with a reason: `mayHaveArrived` says whether a request may have got through.',
  cancelled:
    'It was called off, alone or with its campaign; with its campaign perhaps after a request without an answer (`mayHaveArrived`).',
  unknown: 'No such message was stored, or its end is longer ago than `keepStatusMs`.',
} as const;

/** What can become of a message. */
export type MessageStatusState = keyof typeof messageStates;

/** What became of a message: never its text. What is not known is left out. Times are epoch milliseconds. */
export interface MessageStatus {
  /** As it was asked for. */
  readonly id: string;
  /** What each means: [status.md](status.md#states). */
  readonly state: MessageStatusState;
  /** The account in which it was found. */
  readonly account?: string;
  /** The lane that it waits, or waited, in. */
  readonly lane?: Lane;
  /** When it came to this: its end, its report, its latest request, or when it was stored. */
  readonly at?: number;
  /** When it was stored. */
  readonly enqueuedAt?: number;
  /** When it may leave, or might have left, where that is later than it was stored. */
  readonly sendAt?: number;
  /** After it the message is never sent. */
  readonly deadlineAt?: number;
  /** When the phone got it, as JetSMS reports. */
  readonly deliveredAt?: number;
  /** JetSMS's code of the end or of the latest request, its status in a report, `http-401`, or a cause. */
  readonly code?: string;
  /** The same in words. */
  readonly meaning?: string;
  /** Why it was given up. */
  readonly reason?: DeathFacts['reason'];
  /** A request for it may have got through, although it was given up. */
  readonly mayHaveArrived?: true;
  /** Requests that were made for it. */
  readonly attempts?: number;
  /** SMS parts by the account's `partsModel`: an assumption about what is charged. */
  readonly parts?: number;
  /** Of an id that stands for several messages (an MMS to many): how many. */
  readonly messages?: number;
  /** JetSMS's id of the accepted request. */
  readonly groupId?: string;
  /** The campaign that it is one of. */
  readonly campaign?: string;
  /** The idempotency key. */
  readonly key?: string;
  /** What the app noted beside it. */
  readonly meta?: Meta;
  /** The recipient, masked. */
  readonly to?: string;
  /** The message that this one was replayed as, and whose state this is: the newest, where that was replayed too. */
  readonly replayedAs?: string;
  /** The messages that it repeats, the first of the chain first. */
  readonly origins?: readonly string[];
}
