import type { Lane, WhenNotFound, WhenUncertain } from '../message/lane.ts';
import type { SendingFields } from '../message/message.ts';
import { readTimes } from '../message/times.ts';
import { withoutAsking } from '../message/uncertain.ts';
import type { Claimed } from '../queue/claims.ts';
import { contentFields, hashLength } from './names-of-claims.ts';

/** How a caller said that a message is to be sent; what the caller left out is not compared. */
export interface Wish {
  readonly lane?: Lane | undefined;
  readonly whenUncertain?: WhenUncertain | undefined;
  readonly whenNotFound?: WhenNotFound | undefined;
  /** Epoch milliseconds. */
  readonly sendAtMs?: number | undefined;
  /** Epoch milliseconds. */
  readonly deadlineAtMs?: number | undefined;
}

/**
 * What a call says of how it is to be sent, its fields checked before; lengths of time are counted from `nowMs`.
 * @throws MessageError TIME_INVALID, DURATION_INVALID
 */
export function wishOf(fields: SendingFields, nowMs: number): Wish {
  const { lane, whenUncertain, whenNotFound, sendAt, deadline } = fields;
  return {
    lane: lane as Lane | undefined,
    whenUncertain: whenUncertain as WhenUncertain | undefined,
    whenNotFound: whenNotFound as WhenNotFound | undefined,
    ...readTimes({ sendAt, deadline, nowMs }),
  };
}

/** A call that may repeat an earlier one. */
export interface Repeat {
  /** Keyed hashes of what it sends (`contentHash`). */
  readonly content: string;
  readonly wish: Wish;
  /** When the call was made, epoch milliseconds. */
  readonly askedAt: number;
}

/** Fields in which a call differs from what an earlier one has stored; none where it repeats it. Names only. */
export function differences({ content, wish, askedAt }: Repeat, claimed: Claimed): readonly string[] {
  const { lane, whenUncertain, whenNotFound, sendAtMs, deadlineAtMs } = wish;
  const isAnotherTime = (wished: number | undefined, known: number): boolean =>
    wished !== undefined && !isSameTime([wished, askedAt], [known, claimed.enqueuedAt]);
  const differs: Readonly<Record<string, boolean>> = {
    ...Object.fromEntries(
      contentFields.map((field, index) => [field, hashAt(content, index) !== hashAt(claimed.content, index)]),
    ),
    lane: lane !== undefined && lane !== claimed.lane,
    whenUncertain: whenUncertain !== undefined && whenUncertain !== claimed.whenUncertain,
    whenNotFound: whenNotFound !== undefined && whenNotFound !== withoutAsking(claimed),
    sendAt: isAnotherTime(sendAtMs, claimed.sendAt),
    deadline: isAnotherTime(deadlineAtMs, claimed.deadlineAt),
  };
  return Object.keys(differs).filter((field) => differs[field]);
}

const hashAt = (content: string, index: number): string =>
  content.slice(index * hashLength, (index + 1) * hashLength);

/** A time, and when it was asked for; epoch milliseconds. */
type AskedTime = readonly [time: number, askedAt: number];

/** Our choice: two times that are no further apart were not meant to be two. */
const sameTimeMs = 30_000;

/**
 * Whether two calls mean the same time. An app that repeats a call passes the same time again, or computes it anew
 * from the clock (`Date.now() + 600_000`): then it lies as far from the call as it did before.
 */
function isSameTime([time, askedAt]: AskedTime, [otherTime, otherAskedAt]: AskedTime): boolean {
  const apartMs = time - otherTime;
  const askedApartMs = askedAt - otherAskedAt;
  return Math.abs(apartMs) <= sameTimeMs || Math.abs(apartMs - askedApartMs) <= sameTimeMs;
}
