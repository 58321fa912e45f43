import { writeDate } from './clock.ts';
import type { SubmittedSwitches } from './submission.ts';

const time = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;

/** Whether the times of an exclusion window are two different ones, or none. */
export function isExclusionReadable({
  exclusionstarttime = '',
  exclusionexpiretime = '',
}: SubmittedSwitches): boolean {
  if (exclusionstarttime === '' && exclusionexpiretime === '') return true;
  const areTimes = time.test(exclusionstarttime) && time.test(exclusionexpiretime);
  return areTimes && exclusionstarttime !== exclusionexpiretime;
}

/**
 * When a message leaves the provider that would leave at `atMs`, in epoch milliseconds.
 * Our choice: switches. The window keeps it back until its end, Turkish local time, and may cross midnight.
 */
export function afterExclusion(atMs: number, switches: SubmittedSwitches = {}): number {
  const { exclusionstarttime: from = '', exclusionexpiretime: to = '' } = switches;
  if (from === '' || !isExclusionReadable(switches)) return atMs;
  const now = writeDate(atMs).slice(8);
  const isInside = from < to ? from <= now && now < to : from <= now || now < to;
  if (!isInside) return atMs;
  const leftSeconds = secondsOf(to) - secondsOf(now);
  const daySeconds = leftSeconds < 0 ? 86_400 : 0;
  return Math.floor(atMs / 1_000) * 1_000 + (leftSeconds + daySeconds) * 1_000;
}

const secondsOf = (written: string): number =>
  Number(written.slice(0, 2)) * 3_600 + Number(written.slice(2, 4)) * 60 + Number(written.slice(4));
