import { ErrorCode } from 'bullmq';

/** BullMQ's codes for a job that is gone, without a lock, taken away, or locked by another: it is not ours any more. */
const lockLostCodes: ReadonlySet<unknown> = new Set([
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobLockMismatch,
]);

/** Whether BullMQ refused a step because the job is not ours any more. */
export const isLockLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && lockLostCodes.has(error.code);
