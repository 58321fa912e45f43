import type { Ended } from './ended-state.ts';
import { type EndRules, type EndWrite, stateOf, stateWrite } from './ends.ts';
import { type MessagesEntry, messagesOfEntry } from './event-entry.ts';
import type { Journal } from './journal.ts';
import { subJob } from './pieces.ts';
import { messageIdAt, type SendJob } from './send-job.ts';

/** A send job of which messages are called off, as its record has it. */
export interface CancelledIn {
  readonly id: string;
  readonly job: SendJob;
  readonly journal: Journal;
  readonly at: number;
}

const settledAt = (at: number) => ({ end: 'dead', at, reason: 'cancelled' }) as const;

/** What an end shows. */
type Shown = Pick<EndRules, 'shownInEvents'>;

/** The message at `index` as its end is kept, once it was called off. */
export function stateOfCancelled(of: CancelledIn, index: number, shown: Shown): Ended {
  const { id, job, journal, at } = of;
  const one = { id: messageIdAt(id, job, index), job: jobOfOne(of, index), at, settled: settledAt(at) };
  return stateOf(one, journal, shown);
}

/** What others are told of that. */
export const entryOfCancelled = (
  of: CancelledIn,
  index: number,
  { shownInEvents }: Shown,
): MessagesEntry => ({
  type: 'message.cancelled',
  at: of.at,
  ...messagesOfEntry(
    of.id,
    { ...jobOfOne(of, index), ids: [messageIdAt(of.id, of.job, index)] },
    shownInEvents,
  ),
  reason: 'cancelled',
});

/** A job of the one message, which is known by its own id. */
function jobOfOne({ id, job }: CancelledIn, index: number): SendJob {
  const { ids: _ids, ...own } = subJob(id, job, [[index, index + 1]]);
  return own;
}

/** The whole job as its end is kept. */
export const stateOfCancelledJob = ({ id, job, journal, at }: CancelledIn, shown: Shown): Ended =>
  stateOf({ id, job, at, settled: settledAt(at) }, journal, shown);

/** The end of the message at `index`, once it was called off: kept under its own id, whatever job it was to go with. */
export function endOfCancelled(of: CancelledIn, index: number, rules: EndRules): EndWrite {
  return {
    ...stateWrite(messageIdAt(of.id, of.job, index), stateOfCancelled(of, index, rules), rules),
    event: JSON.stringify(entryOfCancelled(of, index, rules)),
    waiting: '',
    dueAt: 0,
  };
}

/** The end of a whole job of several, whose messages have been told of one by one: for those who ask by its own id. */
export const endOfCancelledJob = (of: CancelledIn, rules: EndRules): EndWrite => ({
  ...stateWrite(of.id, stateOfCancelledJob(of, rules), rules),
  event: '',
  waiting: '',
  dueAt: 0,
});
