/** When a message is asked about whose report is not final. */
export interface ReportTimes {
  /** The first question comes so long after the end, in milliseconds. */
  readonly reportFirstMs: number;
  /** The longest pause between two questions, in milliseconds. */
  readonly reportIntervalMs: number;
  /** How long is asked, in milliseconds. */
  readonly reportForMs: number;
}

/** Pauses vary by a tenth, so that what ended together is not asked about together for ever. */
const jitter = 0.1;

/**
 * When to ask again, epoch milliseconds: after as long again as it has been since the end, from the shortest pause to the
 * longest; the last time when asking ends.
 * @param random 0 ≤ random < 1
 */
export function nextQuestionAt(
  endedAt: number,
  { reportFirstMs, reportIntervalMs, reportForMs }: ReportTimes,
  now: number,
  random: number,
): number {
  const pauseMs = Math.max(reportFirstMs, Math.min(now - endedAt, reportIntervalMs));
  const next = now + pauseMs * (1 - jitter + 2 * jitter * random);
  const end = endedAt + reportForMs;
  return Math.ceil(now < end ? Math.min(next, end) : next);
}

/** Asking has gone on for long enough. */
export const isOver = (endedAt: number, { reportForMs }: ReportTimes, now: number): boolean =>
  now >= endedAt + reportForMs;

/**
 * The last question had no answer, and for so long that another is not waited for: as long as asking went on, but at most a
 * day. Our choice: a silence of JetSMS at the end is not taken for its last word.
 */
export const isOverWithoutAnswer = (endedAt: number, { reportForMs }: ReportTimes, now: number): boolean =>
  now >= endedAt + reportForMs + Math.min(reportForMs, dayMs);

const dayMs = 86_400_000;
