export { createLogger, type LogChoices, type Logger } from '../log/logger.ts';
export { createMetrics, type Metrics, type MetricsOptions } from '../metrics/metrics.ts';
export type { DeadLetter } from '../queue/dead-letter.ts';
export type { HoldReason } from '../queue/hold-reasons.ts';
export type { DeadReason, HistoryEntry, Journal } from '../queue/journal.ts';
export type { SendJob } from '../queue/send-job.ts';
export { readSettings } from '../settings/read.ts';
export type { Settings } from '../settings/settings.ts';
export type { DiscardOptions, DiscardResult } from './dead-letters/discard.ts';
export type { DeadLetterFilter } from './dead-letters/filter.ts';
export type { StoredLetter } from './dead-letters/letter.ts';
export type { ReplayCounts, ReplayOptions, ReplayResult, SkipReason } from './dead-letters/replay.ts';
export type { LetterPage } from './dead-letters/select.ts';
export type { DeadLetterSummary } from './dead-letters/summary.ts';
export type { MessageState, MessageTrace, TracedMessage } from './dead-letters/trace.ts';
export { type DeadLetters, type DeadLettersOptions, openDeadLetters } from './dead-letters.ts';
export {
  type AccountHold,
  type HoldOrder,
  holdAccount,
  type ListHoldsOptions,
  listHolds,
  resumeAccount,
} from './hold-operations.ts';
export type { Hold, HoldMode } from './hold-record.ts';
export { OperatorError, type OperatorErrorCode } from './operator-error.ts';
export { createTelemetry, type TelemetryOptions } from './report.ts';
export type { AttemptReport, EndReport, RequestReport, Telemetry } from './telemetry.ts';
export { createWorker, type DeliveryWorker, type WorkerOptions } from './worker.ts';
