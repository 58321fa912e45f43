import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';

/** A job as BullMQ hands it over. */
export type TakenJob = Job;

/** A job in hand, and the lock that makes it ours. */
export interface TakenUp {
  readonly job: TakenJob;
  readonly token: string;
}

/** Moves the job to those that wait for a time, epoch milliseconds. */
export async function moveToDelayed({ job, token }: TakenUp, until: number): Promise<never> {
  await job.moveToDelayed(until, token);
  throw new DelayedError();
}

/** Puts the job back to the head of its lane; uses no attempt. */
export async function backToWait({ job, token }: TakenUp): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** BullMQ takes this error as "the processor has moved the job", and does nothing more with it. */
export function leaveAlone(): never {
  throw new WaitingError();
}

/** The job ends as failed, and is not tried again. @param why shown on the dashboard */
export function fail(why: string): never {
  throw new UnrecoverableError(why);
}

const words: ReadonlySet<string> = new Set(['DelayedError', 'WaitingError', 'UnrecoverableError']);

/** Whether an error is one of the above: it says where the job has gone. */
export const isMove = (error: unknown): boolean => error instanceof Error && words.has(error.name);
