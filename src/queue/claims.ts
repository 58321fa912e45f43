import { type Lane, lanes, notFoundChoices, uncertainChoices } from '../message/lane.ts';
import type { UncertainWish } from '../message/uncertain.ts';

/** A name that may be used once within its window. */
export interface Claim {
  readonly name: string;
  readonly value: string;
  readonly ttlMs: number;
  /** The message of the job that is dropped where the name is taken; the whole job where left out. */
  readonly index?: number;
}

/** What a claim tells of the message, or of the job, that holds it. */
export interface Claimed extends UncertainWish {
  readonly id: string;
  /** Keyed hash of what is sent. */
  readonly content: string;
  readonly lane: Lane;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** When it may leave, epoch milliseconds. */
  readonly sendAt: number;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
}

/** Short, since there is one for each message: words by their first letter, times as durations and to base 36. */
export function claimText(claimed: Claimed): string {
  const { id, content, lane, whenUncertain, whenNotFound = '', enqueuedAt, sendAt, deadlineAt } = claimed;
  const times = [enqueuedAt, sendAt - enqueuedAt, deadlineAt - enqueuedAt];
  const words = `${lane[0]}${whenUncertain[0]}${whenNotFound.slice(0, 1)}`;
  return [id, content, words, ...times.map((time) => time.toString(36))].join(' ');
}

const form = /^(\S+) (\S+) ([a-z])([a-z])([a-z]?) ([0-9a-z]{1,9}) ([0-9a-z]{1,9}) ([0-9a-z]{1,9})$/;

/** Reads what a claim holds; undefined for what nobody of ours wrote. Total. */
export function parseClaim(text: string): Claimed | undefined {
  const [, id, content, laneLetter, uncertainLetter, notFoundLetter, ...times] = form.exec(text) ?? [];
  const lane = lanes.find((one) => one[0] === laneLetter);
  const whenUncertain = uncertainChoices.find((one) => one[0] === uncertainLetter);
  const whenNotFound = notFoundChoices.find((one) => one[0] === notFoundLetter);
  if (id === undefined || content === undefined || !lane || !whenUncertain) return undefined;
  if (notFoundLetter && !whenNotFound) return undefined;
  const [enqueuedAt = 0, delayMs = 0, lastsMs = 0] = times.map((time) => Number.parseInt(time, 36));
  return {
    id,
    content,
    lane,
    whenUncertain,
    ...(whenNotFound ? { whenNotFound } : {}),
    enqueuedAt,
    sendAt: enqueuedAt + delayMs,
    deadlineAt: enqueuedAt + lastsMs,
  };
}
