/** The most messages of one send job. */
export const maxMessagesOfJob = 10_000;

/**
 * The largest send job in bytes of JSON, where the settings say nothing else. Our choice: 10,000 messages with the
 * longest text of their own, in the widest characters, take 18.5 MB.
 */
export const defaultMaxJobBytes = 20_000_000;

/** The smallest limit that can be set: every single message fits in it. */
export const smallestMaxJobBytes = 100_000;

/** What a job takes apart from its recipients and their texts, at most. */
const commonBytes = 2_000;

/** `"905321234567",` with the longest number. */
const numberBytes = 18;

/** Three for each UTF-16 unit of a text, as its longest, and quotes and comma around it. */
const textBytes = (maxTextLength: number): number => 3 * maxTextLength + 3;

/** How many messages, each with a text of its own, surely fit into one job. */
export function messagesThatFit(maxJobBytes: number, maxTextLength: number): number {
  return Math.floor((maxJobBytes - commonBytes) / (numberBytes + textBytes(maxTextLength)));
}

/** No job of ours has lists or objects that lie deeper in each other. */
const deepest = 20;

/**
 * Whether a value that was read from JSON took more bytes than these. Counts the least that it can have taken, and
 * stops when that is too much: a job whose JSON is small enough is never called too large. Writing the JSON again
 * would cost ten times as much, for every job.
 */
export function isLargerThan(value: unknown, maxBytes: number): boolean {
  return left(value, maxBytes, 0) < 0;
}

/** What is left of so many bytes; below 0 as soon as they are used up. */
function left(value: unknown, bytes: number, depth: number): number {
  if (typeof value === 'string') return bytes - value.length - 2;
  if (typeof value !== 'object' || value === null) return bytes - 1;
  if (depth === deepest) return -1;
  return Array.isArray(value)
    ? leftOfList(value, bytes, depth + 1)
    : leftOfObject(value as Readonly<Record<string, unknown>>, bytes, depth + 1);
}

function leftOfList(list: readonly unknown[], bytes: number, depth: number): number {
  let rest = bytes - 1;
  for (const one of list) {
    rest = left(one, rest - 1, depth);
    if (rest < 0) break;
  }
  return rest;
}

/** By `for … in`, which makes no list of the keys. */
function leftOfObject(object: Readonly<Record<string, unknown>>, bytes: number, depth: number): number {
  let rest = bytes - 1;
  for (const key in object) {
    rest = left(object[key], rest - key.length - 4, depth);
    if (rest < 0) break;
  }
  return rest;
}
