/** Days of the week as ISO 8601 counts them: 1 = Monday, 7 = Sunday. */
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** Hours of the week, Europe/Istanbul, in which MMS may be sent. */
export interface MmsWindow {
  /** Days of the week, 1 = Monday … 7 = Sunday, ascending. */
  readonly days: readonly number[];
  /** Minutes after midnight, the first that is inside. */
  readonly fromMinute: number;
  /** Minutes after midnight, the first that is outside; at most 1440. */
  readonly toMinute: number;
}

/** What `parseMmsWindows` reads, in words for people. */
export const mmsWindowsForm = "windows such as 'Mon-Sat 09:00-21:00, Sun 10:00-18:00'";

const windowPattern = /^(?<days>[a-z]{3}(?:-[a-z]{3})?) (?<from>\d{2}:\d{2})-(?<to>\d{2}:\d{2})$/i;

/**
 * Reads windows separated by commas, each `Day[-Day] HH:MM-HH:MM`. A window ends on the day it begins;
 * `24:00` is the end of a day. Returns undefined for anything else; the empty text is no window at all.
 */
export function parseMmsWindows(text: string): readonly MmsWindow[] | undefined {
  const pieces = text.split(',').map((piece) => piece.trim());
  if (pieces.every((piece) => piece === '')) return [];
  const windows = pieces.map(parseWindow);
  return windows.every((window) => window !== undefined) ? windows : undefined;
}

function parseWindow(piece: string): MmsWindow | undefined {
  const groups = windowPattern.exec(piece.replace(/\s+/g, ' '))?.groups;
  if (groups === undefined) return undefined;
  const days = parseDays(groups['days'] ?? '');
  const fromMinute = parseMinute(groups['from'] ?? '');
  const toMinute = parseMinute(groups['to'] ?? '');
  if (days === undefined || fromMinute === undefined || toMinute === undefined) return undefined;
  return fromMinute < toMinute ? { days, fromMinute, toMinute } : undefined;
}

function parseDays(text: string): readonly number[] | undefined {
  const [first = 0, last = first] = text.split('-').map(dayNumber);
  if (first === 0 || last === 0) return undefined;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, offset) => ((first - 1 + offset) % 7) + 1).sort((a, b) => a - b);
}

/** 1–7, or 0 for what is no day. */
function dayNumber(name: string): number {
  return dayNames.findIndex((day) => day.toLowerCase() === name.toLowerCase()) + 1;
}

function parseMinute(text: string): number | undefined {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const total = hour * 60 + minute;
  return minute < 60 && total <= 24 * 60 ? total : undefined;
}

/** The windows as `parseMmsWindows` reads them, each day on its own where days are not in a row. */
export function formatMmsWindows(windows: readonly MmsWindow[]): string {
  return windows.map(formatWindow).join(', ');
}

function formatWindow({ days, fromMinute, toMinute }: MmsWindow): string {
  const hours = `${formatMinute(fromMinute)}-${formatMinute(toMinute)}`;
  const first = days[0] ?? 1;
  const last = days.at(-1) ?? first;
  if (days.length === 1) return `${dayName(first)} ${hours}`;
  if (last - first === days.length - 1) return `${dayName(first)}-${dayName(last)} ${hours}`;
  return days.map((day) => `${dayName(day)} ${hours}`).join(', ');
}

function dayName(day: number): string {
  return dayNames[day - 1] ?? '';
}

function formatMinute(total: number): string {
  const hour = String(Math.floor(total / 60)).padStart(2, '0');
  return `${hour}:${String(total % 60).padStart(2, '0')}`;
}
