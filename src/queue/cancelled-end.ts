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

/** The end of the message at `index`, once it was called off: kept under its own id, whatever job it was to go with. */
export function endOfCancelled(of: CancelledIn, index: number, rules: EndRules): EndWrite {
  const { id, job, journal, at } = of;
  const settled = settledAt(at);
  const messageId = messageIdAt(id, job, index);
  const { ids: _ids, ...own } = subJob(id, job, [[index, index + 1]]);
  const event: MessagesEntry = {
    type: 'message.cancelled',
    at,
    ...messagesOfEntry(id, { ...own, ids: [messageId] }, rules.shownInEvents),
    reason: 'cancelled',
  };
  const state = stateOf({ id: messageId, job: own, at, settled }, journal, rules);
  return {
    ...stateWrite(messageId, state, rules),
    event: JSON.stringify(event),
    waiting: '',
    dueAt: 0,
  };
}

/** The end of a whole job of several, whose messages have been told of one by one: for those who ask by its own id. */
export function endOfCancelledJob({ id, job, journal, at }: CancelledIn, rules: EndRules): EndWrite {
  const state = stateOf({ id, job, at, settled: settledAt(at) }, journal, rules);
  return { ...stateWrite(id, state, rules), event: '', waiting: '', dueAt: 0 };
}
