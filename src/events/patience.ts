import { setTimeout as sleep } from 'node:timers/promises';
import { describeRefusal, passes, type RefusalReason } from '../queue/redis-refusals.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { EventsError } from './errors.ts';

/** Between two tries. */
const againMs = 500;

/** Refusals that end once somebody has mended Redis; whoever waits for events goes on then by itself. */
const mended: ReadonlySet<RefusalReason> = new Set(['OOM', 'MISCONF', 'NOREPLICAS']);

export interface Patience {
  readonly signal: AbortSignal;
  /** Told of every try that failed, in a word. */
  readonly onTrouble: (cause: string) => void;
}

/**
 * Does something with Redis that can be repeated, and waits for Redis as long as that takes; undefined where `signal` ended the
 * wait.
 * @throws EventsError `EVENTS_REFUSED`, `EVENTS_STREAM_INVALID` where waiting would not help; whatever is no trouble of Redis
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { signal, onTrouble }: Patience,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return undefined;
      onTrouble(causeOf(error));
      await pause(againMs, signal);
    }
  }
  return undefined;
}

/** Resolves after so long, or when the signal comes. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {}); // an abort ends the wait, which is what it is for

/** @throws EventsError, or the error itself, where there is nothing to wait for */
function causeOf(error: unknown): string {
  if (error instanceof EventsError || isBug(error)) throw error;
  const trouble = readTrouble(error);
  if (trouble.kind !== 'refused') {
    if (trouble.cause === 'WRONGTYPE') throw new EventsError('EVENTS_STREAM_INVALID');
    return trouble.cause;
  }
  const { reason } = trouble;
  if (passes(reason) || mended.has(reason)) return reason;
  // Without its cause, which holds the command's arguments.
  throw new EventsError('EVENTS_REFUSED', { detail: describeRefusal(reason) });
}

/** What Redis has thrown at a call that waits for nothing, as an error of ours; without its cause, which holds the arguments. */
export function groupTrouble(error: unknown): EventsError {
  try {
    return new EventsError('EVENTS_UNAVAILABLE', { detail: `What happened: ${causeOf(error)}.` });
  } catch (told) {
    if (told instanceof EventsError) return told;
    throw told;
  }
}

/** Errors that the language throws are no trouble of Redis. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

/** Whether the group that was to be read is not there. */
export const isGroupLost = (error: unknown): boolean =>
  error instanceof Error && /\bNOGROUP\b/.test(error.message);
