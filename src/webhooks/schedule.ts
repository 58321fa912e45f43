const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits between the tries; the last goes on. Our choice, near to what Standard Webhooks proposes. */
const waits: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
];

/** A delivery is tried for so long. */
export const tryForMs: number = 24 * hour;

/** What an endpoint may ask for with Retry-After; our choice. */
const longestAskedMs = 6 * hour;

export interface Failure {
  /** Tries that have failed, this one included. */
  readonly failures: number;
  /** When the delivery was tried first, and now; epoch milliseconds. */
  readonly since: number;
  readonly now: number;
  /** What the endpoint asked for. */
  readonly retryAfterMs?: number | undefined;
  /** 0 ≤ random < 1 */
  readonly random: number;
}

/**
 * How long to wait before the next try; undefined where the delivery is given up. Waits vary by a fifth, so that an outage does not
 * end with everything at once; the last try is at the very end of the time. Pure.
 */
export function nextTryMs({ failures, since, now, retryAfterMs = 0, random }: Failure): number | undefined {
  const leftMs = since + tryForMs - now;
  if (leftMs <= 0) return undefined;
  const wait = waits[Math.min(failures, waits.length) - 1] ?? waits[0] ?? 0;
  const waitMs = Math.max(wait * (0.8 + 0.4 * random), Math.min(retryAfterMs, longestAskedMs));
  return Math.round(Math.min(waitMs, leftMs));
}
