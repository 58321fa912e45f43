import { type Lane, lanes, uncertainChoices, type WhenUncertain } from '../message/lane.ts';

/** A name that may be used once within its window. */
export interface Claim {
  readonly name: string;
  readonly value: string;
  readonly ttlMs: number;
  /** The message of the job that is dropped where the name is taken; the whole job where left out. */
  readonly index?: number;
}

/** What a claim tells of the message, or of the job, that holds it. */
export interface Claimed {
  readonly id: string;
  /** Keyed hash of what is sent. */
  readonly content: string;
  readonly lane: Lane;
  readonly whenUncertain: WhenUncertain;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** When it may leave, epoch milliseconds. */
  readonly sendAt: number;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
}

/** Short, since there is one for each message: words by their first letter, times as durations and to base 36. */
export function claimText(claimed: Claimed): string {
  const { id, content, lane, whenUncertain, enqueuedAt, sendAt, deadlineAt } = claimed;
  const times = [enqueuedAt, sendAt - enqueuedAt, deadlineAt - enqueuedAt];
  return [id, content, `${lane[0]}${whenUncertain[0]}`, ...times.map((time) => time.toString(36))].join(' ');
}

const form = /^(\S+) (\S+) ([a-z])([a-z]) ([0-9a-z]{1,9}) ([0-9a-z]{1,9}) ([0-9a-z]{1,9})$/;

/** Reads what a claim holds; undefined for what nobody of ours wrote. Total. */
export function parseClaim(text: string): Claimed | undefined {
  const [, id, content, laneLetter, uncertainLetter, ...times] = form.exec(text) ?? [];
  const lane = lanes.find((one) => one[0] === laneLetter);
  const whenUncertain = uncertainChoices.find((one) => one[0] === uncertainLetter);
  if (id === undefined || content === undefined || !lane || !whenUncertain) return undefined;
  const [enqueuedAt = 0, delayMs = 0, lastsMs = 0] = times.map((time) => Number.parseInt(time, 36));
  return {
    id,
    content,
    lane,
    whenUncertain,
    enqueuedAt,
    sendAt: enqueuedAt + delayMs,
    deadlineAt: enqueuedAt + lastsMs,
  };
}
