/**
 * When nothing was sent: the delays before the 2nd, 3rd … attempt, in milliseconds, each drawn from 0 up to
 * the value (full jitter). An OTP's five minutes see the first four; the whole list spans about an hour, and
 * a longer outage becomes a hold instead (docs/architecture.md).
 */
export const unsentDelaysMs: readonly number[] = [2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000];

/** Before a message whose request got no answer is sent again, where it wants that. */
export const resendDelaysMs: readonly number[] = [2_000, 10_000, 30_000];

/** The longest wait between two questions about a message whose request got no answer. */
export const longestAskDelayMs = 300_000;

/** How far a wait for a question may be shorter than its full length, so that not all are asked at once. */
const askSpread = 0.5;

/**
 * The wait for the next question, in whole milliseconds: the full one doubles with each.
 * @param asked questions so far
 * @param random 0 ≤ random < 1
 */
export function askDelayMs(firstMs: number, asked: number, random: number): number {
  const fullMs = Math.min(longestAskDelayMs, firstMs * 2 ** Math.min(asked, 30));
  return Math.floor(fullMs * (1 - askSpread + askSpread * random));
}

/** A server may ask us to wait (Retry-After), but not for longer than this. */
export const longestRetryAfterMs = 3_600_000;

/** How long a job steps aside, so that others of its account, of whatever lane, are taken before it. */
export const asideMs = 500;

/**
 * How long a message waits before it is tried once more on its own account. Our choice: by then whatever else was under
 * way has shown whether it is the account after all.
 */
export const trialMs = 2_000;

/** The spread of messages that wait for one moment, such as the opening of the MMS window. */
export const deferSpreadMs = 600_000;

/** Full jitter: anything from 0 to `delayMs`. @param random 0 ≤ random < 1 */
export const fullJitter = (delayMs: number, random: number): number => Math.floor(delayMs * random);
