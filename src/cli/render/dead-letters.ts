import type { DiscardResult } from '../../operator/dead-letters/discard.ts';
import type { ReplayCounts, SkipReason } from '../../operator/dead-letters/replay.ts';
import type { DeadLetterSummary } from '../../operator/dead-letters/summary.ts';
import type { DeadLetterView } from '../../operator/dead-letters/view.ts';
import { meaningOfCode } from '../../queue/dead-letter-meaning.ts';
import { layOutColumns } from './columns.ts';

/** Dead letters for people: one a line. */
export function renderDeadLetters(letters: readonly DeadLetterView[], width: number): readonly string[] {
  if (letters.length === 0) return ['No dead letters.'];
  const head = ['ID', 'DIED', 'REASON', 'CODE', 'LANE', 'TITLE', 'TO', 'PARTS', 'MEANING'];
  return layOutColumns([head, ...letters.map(rowOf)], width);
}

function rowOf({ id, diedAt, reason, code = '-', job, parts, meaning }: DeadLetterView): readonly string[] {
  const what = job ? [job.lane, job.title, recipients(job.to)] : ['-', '-', '-'];
  return [id, diedAt, reason, code, ...what, String(parts), meaning];
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The first recipient, and how many others. */
export function recipients([first = '-', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** What lies in the dead letters, for people. */
export function renderSummary(summary: DeadLetterSummary, width: number): readonly string[] {
  const { groups, leftOut, letters, messages, parts } = summary;
  const head = ['REASON', 'CODE', 'LETTERS', 'MESSAGES', 'PARTS', 'MEANING'];
  const rows = groups.map(({ reason, code, ...amount }) => [
    ...[reason, code ?? '-', String(amount.letters), String(amount.messages), String(amount.parts)],
    code === undefined ? '' : meaningOfCode(code),
  ]);
  const total = ['all', '', String(letters), String(messages), String(parts), ''];
  const left = Object.entries(leftOut).filter(([, count]) => count > 0);
  const footer = left.map(([why, count]) => `${count} ${why}`).join(', ');
  return [
    ...layOutColumns([head, ...rows, total], width),
    ...(footer === '' ? [] : ['', `A replay leaves out: ${footer}.`]),
  ];
}

const skipWords: Readonly<Record<SkipReason, string>> = {
  expired: 'expired (--include-expired takes them too)',
  uncertain: 'may have arrived (--include-uncertain takes them too)',
  cancelled: 'called off (--include-cancelled takes them too)',
  invalid: 'cannot be read',
  'media-gone': 'whose media are no longer there',
  'still-settling': 'not finished with by their worker: try again in a minute',
  accepted: 'accepted by JetSMS after all',
  'replayed-before': 'enqueued before, by a replay that was cut off; taken away now',
  gone: 'gone meanwhile',
};

/** What a replay did, or would do. */
export function renderReplay(
  result: ReplayCounts & { readonly dryRun: boolean; readonly stopped?: boolean },
): readonly string[] {
  const { dryRun, stopped, replayed, messages, parts, skipped } = result;
  const amount = `${counted(messages, 'message')} (${counted(parts, 'SMS part')}) of ${counted(replayed, 'dead letter')}`;
  const left = Object.entries(skipped).map(([why, count]) => `  ${count} ${skipWords[why as SkipReason]}`);
  return [
    `${dryRun ? 'Would enqueue' : 'Enqueued'} ${amount}.`,
    ...(left.length === 0 ? [] : ['Others:', ...left]),
    ...(stopped ? ['Stopped before the end; the rest lies where it was.'] : []),
  ];
}

/** What a discard did, or would do. */
export function renderDiscard({
  dryRun,
  stopped,
  discarded,
  messages,
  skipped,
}: DiscardResult): readonly string[] {
  const begun = skipped['replay-begun'] ?? 0;
  const settling = skipped['still-settling'] ?? 0;
  return [
    `${dryRun ? 'Would discard' : 'Discarded'} ${counted(discarded, 'dead letter')} (${counted(messages, 'message')}).`,
    ...(begun === 0 ? [] : [`  ${begun} are half replayed; replay them again to finish that.`]),
    ...(settling === 0 ? [] : [`  ${settling} are not settled yet; try again in a minute.`]),
    ...(stopped ? ['Stopped before the end; the rest lies where it was.'] : []),
  ];
}
