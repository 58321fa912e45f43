/**
 * Turkey has been at UTC+3 all year since 7 September 2016. A constant, since it is asked for at every
 * request and Intl is slow; a test compares it with the time zone data of Node.
 */
const offsetMs = 3 * 3_600_000;

/**
 * A time as JetSMS writes it: `ddMMyyyyHHmmss` on the clock of Istanbul, cut to seconds.
 * Source: the vendor's XML help, version 2.5.0; that the clock is Istanbul's is inferred from group ids.
 * @throws RangeError for what is no time
 */
export function toIstanbul(epochMs: number): string {
  const iso = new Date(epochMs + offsetMs).toISOString();
  const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)];
  return `${day}${month}${year}${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`;
}

/**
 * The time in epoch milliseconds that a date and a clock of Istanbul mean, written `yyyy-MM-ddTHH:mm:ss`; undefined
 * where there is none such (31 February, 25 o'clock).
 */
export function fromIstanbul(local: string): number | undefined {
  const epochMs = Date.parse(`${local}Z`) - offsetMs;
  // Where a day does not exist, Date takes the one that many days later.
  const isSame = !Number.isNaN(epochMs) && new Date(epochMs + offsetMs).toISOString() === `${local}.000Z`;
  return isSame ? epochMs : undefined;
}

/** A place in the week on the clock of Istanbul. */
export interface WeekClock {
  /** 0 = Sunday … 6 = Saturday, as in `Date`. */
  readonly weekday: number;
  /** 0–1439. */
  readonly minuteOfDay: number;
}

/** Where in the week a time lies in Istanbul. */
export function istanbulClock(epochMs: number): WeekClock {
  const local = new Date(epochMs + offsetMs);
  return { weekday: local.getUTCDay(), minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes() };
}
