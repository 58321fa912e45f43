import { durationMs, durationWords } from './duration.ts';
import { MessageError, type MessageErrorCode } from './errors.ts';
import { type Lane, laneDefaults } from './lane.ts';

/** A point in time: a Date, epoch milliseconds, or ISO 8601 with a time zone (`2030-01-31T09:00:00+03:00`). */
export type Time = Date | number | string;

/**
 * When to send: a time, or so long from now: `{ in: '2h' }`. Whole numbers with d, h, m (minutes) or s behind each, the largest
 * first: `90s`, `30m`, `1h30m`, `7d`.
 */
export type SendAt = Time | { readonly in: string };

/** Until when to send: a time, or so long after the time of sending: `'5m'`, in the form of `SendAt`. */
export type Deadline = Time;

export interface TimeFields {
  /** A `SendAt`. */
  readonly sendAt?: unknown;
  /** A `Deadline`. */
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
 * @throws MessageError TIME_INVALID, SCHEDULE_PAST, DURATION_INVALID, SCHEDULE_PAST, SCHEDULE_TOO_FAR, DEADLINE_PAST,
 * DEADLINE_TOO_FAR, SCHEDULE_AFTER_DEADLINE
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
 * The times of a call, in epoch milliseconds, whether or not they have passed; lengths of time are counted from `nowMs`.
 * @throws MessageError TIME_INVALID, DURATION_INVALID
 */
export function readTimes({
  sendAt,
  deadline,
  nowMs,
}: Pick<TimeFields, 'sendAt' | 'deadline' | 'nowMs'>): Partial<ResolvedTimes> {
  const sendAtMs = sendAt === undefined ? undefined : readSendAt(sendAt, nowMs);
  return {
    ...(sendAtMs === undefined ? {} : { sendAtMs }),
    ...(deadline === undefined ? {} : { deadlineAtMs: readDeadline(deadline, sendAtMs ?? nowMs) }),
  };
}

function checkSendAt(sendAt: unknown, nowMs: number): number | undefined {
  const sendAtMs = readSendAt(sendAt, nowMs);
  if (sendAtMs > nowMs + maxAheadDays * dayMs) throw tooFar('SCHEDULE_TOO_FAR', 'sendAt');
  if (sendAtMs > nowMs) return sendAtMs;
  if (sendAtMs > nowMs - nowToleranceMs) return undefined;
  throw past('SCHEDULE_PAST', 'sendAt', nowMs - sendAtMs);
}

function checkDeadline(deadline: unknown, startMs: number, nowMs: number): number {
  const deadlineAtMs = readDeadline(deadline, startMs);
  if (deadlineAtMs <= nowMs) throw past('DEADLINE_PAST', 'deadline', nowMs - deadlineAtMs);
  if (deadlineAtMs <= startMs) throw new MessageError('SCHEDULE_AFTER_DEADLINE', 'sendAt');
  if (deadlineAtMs > startMs + maxAheadDays * dayMs) throw tooFar('DEADLINE_TOO_FAR', 'deadline');
  return deadlineAtMs;
}

/** ISO 8601 with the zone written: without one, it would mean another time on each machine. */
const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Nothing but digits with letters behind them: meant for a length of time, whatever its units. */
const durationLike = /^\s*(?:[+-]?\d[\d.,]*\s*\p{L}+\s*)+$/u;

function readSendAt(sendAt: unknown, nowMs: number): number {
  return isWait(sendAt) ? nowMs + readDuration(sendAt.in, 'sendAt') : readTime(sendAt, 'sendAt');
}

const isWait = (sendAt: unknown): sendAt is { readonly in: unknown } =>
  typeof sendAt === 'object' && sendAt !== null && Object.hasOwn(sendAt, 'in');

function readDeadline(deadline: unknown, startMs: number): number {
  const lengthMs = durationMs(deadline);
  if (lengthMs !== undefined) return startMs + lengthMs;
  if (typeof deadline === 'string' && durationLike.test(deadline)) return readDuration(deadline, 'deadline');
  return readTime(deadline, 'deadline');
}

function readDuration(text: unknown, field: 'sendAt' | 'deadline'): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new MessageError('DURATION_INVALID', field, { form: durationWords });
  return ms;
}

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
