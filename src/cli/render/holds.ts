import { isoTime } from '../../operator/dead-letters/view.ts';
import type { AccountHold, Resumed } from '../../operator/hold-operations.ts';
import { meaningOfCode } from '../../queue/dead-letter-meaning.ts';
import type { Hold } from '../../worker/account/hold-record.ts';
import { layOutColumns } from './columns.ts';

/** A hold as people may see it; null where there is nothing to say. */
export interface HoldView {
  readonly account: string;
  readonly held: boolean;
  readonly reason: string | null;
  readonly mode: string | null;
  readonly code: string | null;
  /** The code in words. */
  readonly meaning: string | null;
  /** ISO 8601; null too for a pause of the dashboard, which leaves no time behind. */
  readonly since: string | null;
  /** While it is probed: when JetSMS is asked, or tried with a message, next. */
  readonly nextProbeAt: string | null;
  readonly by: string | null;
  readonly note: string | null;
  /** Lanes that are paused on the dashboard, whatever else holds the account. */
  readonly pausedLanes: readonly string[];
}

export function holdView({ account, hold, nextProbeAt, pausedLanes }: AccountHold): HoldView {
  return {
    account,
    held: hold !== undefined && hold.mode !== 'resuming',
    reason: hold?.reason ?? null,
    mode: hold?.mode ?? null,
    code: hold?.code ?? null,
    meaning: hold?.code === undefined ? null : meaningOfCode(hold.code),
    since: hold && hold.since > 0 ? isoTime(hold.since) : null,
    nextProbeAt: nextProbeAt === undefined ? null : isoTime(nextProbeAt),
    by: hold?.by ?? null,
    note: hold?.note ?? null,
    pausedLanes,
  };
}

/** The holds of all accounts for people. */
export function renderHolds(views: readonly HoldView[], width: number): readonly string[] {
  const head = ['ACCOUNT', 'HOLD', 'SINCE', 'BY', 'WHY, AND WHAT NEXT'];
  const rows = views.map((view) =>
    view.reason === null
      ? [view.account, '-', '-', '-', 'sends']
      : [view.account, view.reason, view.since ?? '-', view.by ?? '-', whyAndNext(view)],
  );
  return layOutColumns([head, ...rows], width);
}

function whyAndNext(view: HoldView): string {
  const { account, mode, code, meaning, note, nextProbeAt, by, pausedLanes } = view;
  const why = code === null ? note : `${code}: ${meaning}`;
  const isHidden = pausedLanes.length > 0 && by !== 'dashboard';
  const pauses = isHidden ? `paused on the dashboard: ${pausedLanes.join(', ')}` : undefined;
  const next = new Map([
    ['stopped', `until \`jetsms resume ${account}\``],
    ['probing', `ends by itself; next probe ${nextProbeAt ?? 'now'}`],
    ['resuming', 'over; the pace is rising'],
  ]);
  return [why, next.get(mode ?? ''), pauses].filter(Boolean).join('; ');
}

/** What a resume has done. */
export function renderResumed(account: string, { before, unpausedLanes }: Resumed): string {
  const pauses =
    unpausedLanes.length > 0
      ? ` What was paused on the dashboard goes on too: ${unpausedLanes.join(', ')}.`
      : '';
  return `${renderEnded(account, before)}${pauses}`;
}

function renderEnded(account: string, before: Hold | undefined): string {
  if (!before) return `${account} was not held.`;
  if (before.reason === 'operator' || before.mode === 'resuming') return `${account} sends again.`;
  return `${account} was held for ${before.reason}. JetSMS is probed now; the messages follow once one is taken.`;
}
