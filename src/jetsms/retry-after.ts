/** Our choice: a longer wait is ignored, and so is one in a form that RFC 9110 section 10.2.3 does not know. */
const longestRetryAfterMs: number = 24 * 60 * 60_000;

/** The one date form that a sender may write today (RFC 9110 section 5.6.7). */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a Retry-After header: seconds, or a date which is counted from `nowMs`; a date that has passed
 * is 0. Nonsense is `undefined`, as if the header were not there.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const waitMs = waitOf((value ?? '').trim(), nowMs);
  return waitMs <= longestRetryAfterMs ? waitMs : undefined;
}

/** NaN for nonsense: no comparison with it is true. */
function waitOf(value: string, nowMs: number): number {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return httpDate.test(value) ? Math.max(0, Date.parse(value) - nowMs) : Number.NaN;
}
