export type { StoredDeadLetter } from '../queue/stored-dead-letter.ts';
export type { CancelResult } from '../status/cancel.ts';
export type { MessageStatus, MessageStatusState } from '../status/message-status.ts';
export type { DiscardOptions, DiscardResult } from './dead-letters/discard.ts';
export type { DeadLetterFilter } from './dead-letters/filter.ts';
export type { ReplayCounts, ReplayOptions, ReplayResult, SkipReason } from './dead-letters/replay.ts';
export type { DeadLetterPage } from './dead-letters/select.ts';
export type { DeadLetterSummary } from './dead-letters/summary.ts';
export type { MessageState, MessageTrace, TracedMessage } from './dead-letters/trace.ts';
export { type DeadLetters, type DeadLettersOptions, openDeadLetters } from './dead-letters.ts';
export {
  type AccountHold,
  type HoldOrder,
  holdAccount,
  type ListHoldsOptions,
  listHolds,
  type Resumed,
  resumeAccount,
} from './hold-operations.ts';
export { type Messages, type MessagesOfAccount, type MessagesOptions, openMessages } from './messages.ts';
export { OperatorError, type OperatorErrorCode } from './operator-error.ts';
export type { ScheduledJob, ScheduledPage } from './scheduled.ts';
