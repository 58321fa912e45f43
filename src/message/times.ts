import { MessageError, type MessageErrorCode } from './errors.ts';
import { type Lane, laneDefaults } from './lane.ts';

/** A point in time: a Date, epoch milliseconds, or ISO 8601 with a time zone (`2030-01-31T09:00:00+03:00`). */
export type Time = Date | number | string;

export interface TimeFields {
  readonly sendAt?: unknown;
  readonly deadline?: unknown;
  readonly lane: Lane;
  /** Redis' time: every time that is given is judged by it, and stays what it is. */
  readonly nowMs: number;
}

export interface ResolvedTimes {
  /** When to send, in epoch milliseconds; absent: now. */
  readonly sendAtMs?: number;
  /** After it the message is never sent, in epoch milliseconds. */
  readonly deadlineAtMs: number;
}

/** Our choice: nothing is scheduled for more than a year ahead; beyond it, it is a wrong unit or a typo. */
export const maxAheadDays = 365;
const dayMs = 86_400_000;

/**
 * `sendAt: new Date()` means now, although the clock has moved on when it is checked, and although the caller's clock
 * may be behind that of Redis: by as much as a worker's may be (`maxClockSkewMs`).
 */
const nowToleranceMs = 30_000;

/**
 * When a message is sent and until when. Without a deadline it gets its lane's, counted from the time of
 * sending.
 * @throws MessageError TIME_INVALID, SCHEDULE_PAST, SCHEDULE_TOO_FAR, DEADLINE_PAST, DEADLINE_TOO_FAR,
 * SCHEDULE_AFTER_DEADLINE
 */
export function resolveTimes({ sendAt, deadline, lane, nowMs }: TimeFields): ResolvedTimes {
  const sendAtMs = sendAt === undefined ? undefined : checkSendAt(sendAt, nowMs);
  const startMs = sendAtMs ?? nowMs;
  const deadlineAtMs =
    deadline === undefined
      ? startMs + laneDefaults[lane].deadlineMs
      : checkDeadline(deadline, startMs, nowMs);
  return { ...(sendAtMs !== undefined && { sendAtMs }), deadlineAtMs };
}

/**
 * The times of a call as they were written, in epoch milliseconds, whether or not they have passed.
 * @throws MessageError TIME_INVALID
 */
export function readTimes({
  sendAt,
  deadline,
}: Pick<TimeFields, 'sendAt' | 'deadline'>): Partial<ResolvedTimes> {
  return {
    ...(sendAt === undefined ? {} : { sendAtMs: readTime(sendAt, 'sendAt') }),
    ...(deadline === undefined ? {} : { deadlineAtMs: readTime(deadline, 'deadline') }),
  };
}

function checkSendAt(sendAt: unknown, nowMs: number): number | undefined {
  const sendAtMs = readTime(sendAt, 'sendAt');
  if (sendAtMs > nowMs + maxAheadDays * dayMs) throw tooFar('SCHEDULE_TOO_FAR', 'sendAt');
  if (sendAtMs > nowMs) return sendAtMs;
  if (sendAtMs > nowMs - nowToleranceMs) return undefined;
  throw past('SCHEDULE_PAST', 'sendAt', nowMs - sendAtMs);
}

function checkDeadline(deadline: unknown, startMs: number, nowMs: number): number {
  const deadlineAtMs = readTime(deadline, 'deadline');
  if (deadlineAtMs <= nowMs) throw past('DEADLINE_PAST', 'deadline', nowMs - deadlineAtMs);
  if (deadlineAtMs <= startMs) throw new MessageError('SCHEDULE_AFTER_DEADLINE', 'sendAt');
  if (deadlineAtMs > startMs + maxAheadDays * dayMs) throw tooFar('DEADLINE_TOO_FAR', 'deadline');
  return deadlineAtMs;
}

/** ISO 8601 with the zone written: without one, it would mean another time on each machine. */
const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

function readTime(time: unknown, field: 'sendAt' | 'deadline'): number {
  const ms = toEpochMs(time);
  if (Number.isNaN(ms)) throw new MessageError('TIME_INVALID', field);
  return ms;
}

function toEpochMs(time: unknown): number {
  if (time instanceof Date) return time.getTime();
  if (typeof time === 'number') return Number.isFinite(time) ? Math.trunc(time) : Number.NaN;
  return typeof time === 'string' && isoWithZone.test(time) ? Date.parse(time) : Number.NaN;
}

function past(code: MessageErrorCode, field: string, agoMs: number): MessageError {
  return new MessageError(code, field, { seconds: Math.ceil(agoMs / 1_000) });
}

function tooFar(code: MessageErrorCode, field: string): MessageError {
  return new MessageError(code, field, { maximumDays: maxAheadDays });
}
