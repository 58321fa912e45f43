/** The credit at one moment; time in epoch milliseconds. */
export interface CreditReading {
  readonly at: number;
  readonly credit: number;
}

/** When the credit ends. */
export interface CreditForecast {
  /** Parts an hour at the present rate; missing where there are too few readings to tell. */
  readonly usedPerHour?: number;
  /** Hours from the last reading on; missing where nothing is used, or too little is known. */
  readonly hoursLeft?: number;
  /** Epoch milliseconds. */
  readonly endsAt?: number;
  /** The credit covers what waits now. */
  readonly coversWaiting: boolean;
}

/** Credit for less time than this, at the present rate, is worth a warning. */
export const soonHours = 6;

/** Twice as much: then a fall is over, so that one that wavers is not told of again and again. */
const comfortHours = 2 * soonHours;

/**
 * Whether the credit is low: it does not cover what waits, or ends soon, as the alert sees it. Once low it stays so until it is
 * clearly better. Pure.
 */
export function isCreditLow({ coversWaiting, hoursLeft }: CreditForecast, wasLow: boolean): boolean {
  if (!coversWaiting) return true;
  return hoursLeft !== undefined && hoursLeft < (wasLow ? comfortHours : soonHours);
}

const hourMs = 3_600_000;

/** Shorter spans say nothing about an hour. */
const shortestSpanMs = 60_000;

/** The present rate is that of the last hour; of the last three readings where they lie further apart. */
export const rateWindowMs = (intervalMs: number): number => Math.max(hourMs, 3 * intervalMs);

/**
 * Parts used in an hour, by whoever uses the account: the sum of all falls between readings. A rise is a top-up,
 * and hides what was used until the reading after it. Undefined where the readings span less than a minute.
 * @param readings in any order; those older than the window are left out
 */
export function usedPerHour(
  readings: readonly CreditReading[],
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): number | undefined {
  const recent = readings
    .filter(({ at }) => at > now - windowMs && at <= now)
    .toSorted((one, other) => one.at - other.at);
  const spanMs = (recent.at(-1)?.at ?? 0) - (recent[0]?.at ?? 0);
  if (spanMs < shortestSpanMs) return undefined;
  const used = recent.reduce((sum, { credit }, index) => {
    const before = recent[index - 1]?.credit ?? credit;
    return sum + Math.max(0, before - credit);
  }, 0);
  return (used * hourMs) / spanMs;
}

/** When the credit ends at the present rate, and whether it covers what waits. Pure. */
export function forecastCredit(
  { credit, at }: CreditReading,
  used: number | undefined,
  waitingParts: number,
): CreditForecast {
  const coversWaiting = credit >= waitingParts;
  if (used === undefined) return { coversWaiting };
  if (used === 0) return { usedPerHour: 0, coversWaiting };
  const hoursLeft = credit / used;
  return { usedPerHour: used, hoursLeft, endsAt: at + Math.round(hoursLeft * hourMs), coversWaiting };
}
