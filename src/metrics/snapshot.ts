import { type Lane, lanes } from '../message/lane.ts';
import { type HoldReason, holdReasons } from '../queue/hold-reasons.ts';
import type { Instruments } from './instruments.ts';
import type { JobState, QueueLabel } from './labels.ts';

/** What an account's queues look like at a scrape. What is missing is not shown. */
export interface AccountSnapshot {
  readonly account: string;
  /** Jobs by queue and state. */
  readonly jobs: Readonly<Record<QueueLabel, Readonly<Partial<Record<JobState, number>>>>>;
  /** Age of the oldest send job that waits, by lane; a lane without one is shown as 0. */
  readonly oldestWaitingMs: Readonly<Partial<Record<Lane, number>>>;
  /** Undefined = not held. */
  readonly held: HoldReason | undefined;
  readonly uncertainOpen?: number;
  readonly reportsWaiting?: number;
  /** How long the next question for reports has been due. */
  readonly reportsOverdueMs?: number;
  readonly creditLeft?: number;
  readonly creditHoursLeft?: number;
  readonly waitingParts?: number;
}

/** Reads the queues at a scrape; a constant number of Redis calls per account. Rejects where Redis is away. */
export type Collect = () => Promise<readonly AccountSnapshot[]>;

/** Sets the gauges of an account. */
export function showSnapshot(snapshot: AccountSnapshot, set: Instruments['set']): void {
  const { account, jobs: counts, oldestWaitingMs, held, reportsOverdueMs } = snapshot;
  for (const [queue, states] of Object.entries(counts)) {
    for (const [state, jobs] of Object.entries(states)) set('queueJobs', { account, queue, state }, jobs);
  }
  for (const lane of lanes) set('oldestWaiting', { account, lane }, (oldestWaitingMs[lane] ?? 0) / 1000);
  for (const reason of holdReasons) set('held', { account, reason }, Number(held === reason));
  if (reportsOverdueMs !== undefined) set('reportsOverdue', { account }, reportsOverdueMs / 1000);
  for (const key of whereKnown) {
    const value = snapshot[key];
    if (value !== undefined) set(key, { account }, value);
  }
}

/** Gauges of a snapshot that are not always known. */
const whereKnown = [
  'uncertainOpen',
  'reportsWaiting',
  'creditLeft',
  'creditHoursLeft',
  'waitingParts',
] as const;

/** What `collect` gives, or undefined where it fails or takes too long: a scrape must answer without Redis. */
export async function within(
  collect: Collect,
  timeoutMs: number,
): Promise<readonly AccountSnapshot[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([collect(), timeOut]);
  } catch {
    // Counted as a failed collection; the health page and the log say what is wrong with Redis.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
