import { istanbulClock } from '../../message/istanbul-time.ts';
import type { MmsWindow } from '../../settings/mms-windows.ts';

const minuteMs = 60_000;
const minutesPerDay = 24 * 60;

/**
 * When MMS may be sent next: `now` inside a window, else the next opening, in epoch milliseconds.
 * Undefined without windows.
 */
export function nextOpening(windows: readonly MmsWindow[], now: number): number | undefined {
  const { weekday, minuteOfDay } = istanbulClock(now);
  const waits = windows.flatMap((window) =>
    window.days.map((day) => minutesUntil(window, (day - weekday + 7) % 7, minuteOfDay)),
  );
  if (waits.length === 0) return undefined;
  const minutes = Math.min(...waits);
  return minutes === 0 ? now : now - (now % minuteMs) + minutes * minuteMs;
}

/** Minutes until a window of the day in `daysAhead` days is open; next week's where today's is over. */
function minutesUntil({ fromMinute, toMinute }: MmsWindow, daysAhead: number, minuteOfDay: number): number {
  if (daysAhead > 0) return daysAhead * minutesPerDay + fromMinute - minuteOfDay;
  if (minuteOfDay < fromMinute) return fromMinute - minuteOfDay;
  return minuteOfDay < toMinute ? 0 : 7 * minutesPerDay + fromMinute - minuteOfDay;
}
