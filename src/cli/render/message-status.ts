import { isoTime } from '../../operator/dead-letters/view.ts';
import type { ScheduledJob } from '../../operator/scheduled.ts';
import { type MessageStatus, messageStates } from '../../status/message-status.ts';
import { layOutColumns } from './columns.ts';
import { counted } from './dead-letters.ts';

type View = Readonly<Record<string, unknown>>;

const timeFields = ['at', 'enqueuedAt', 'sendAt', 'deadlineAt', 'deliveredAt'] as const;

/** Times as the command line prints them, ISO 8601; what is not known is left out. */
function timesOf(of: Readonly<Partial<Record<(typeof timeFields)[number], number | undefined>>>): View {
  const known = timeFields.flatMap((field) => {
    const time = of[field];
    return time === undefined ? [] : [[field, isoTime(time)] as const];
  });
  return Object.fromEntries(known);
}

/** What became of a message, as JSON shows it. */
export function statusView(status: MessageStatus): View {
  const { id, account = null, lane = null, state, ...rest } = status;
  return { id, account, lane, state, at: null, ...rest, ...timesOf(status) };
}

/** What waits for its time, as JSON shows it. */
export const scheduledView = (job: ScheduledJob): View => ({ ...job, ...timesOf(job) });

/** What became of a message, for people. */
export function renderStatus(status: MessageStatus, width: number): readonly string[] {
  const { id, state, account, lane, reason, code, meaning, mayHaveArrived, attempts, parts } = status;
  const { messages, groupId, campaign, key, meta, to, replayedAs, origins } = status;
  const times = timesOf(status);
  const rows: readonly (readonly [string, unknown])[] = [
    ['id', id],
    ['state', `${state}: ${messageStates[state]}`],
    ['at', times['at']],
    ['reason', reason],
    ['code', code],
    ['meaning', meaning],
    ['may have arrived', mayHaveArrived && 'yes'],
    ['delivered', times['deliveredAt']],
    ['enqueued', times['enqueuedAt']],
    ['to leave', times['sendAt']],
    ['deadline', times['deadlineAt']],
    ['attempts', attempts],
    ['parts', parts],
    ['messages', messages],
    ['to', to],
    ['account', account],
    ['lane', lane],
    ['campaign', campaign],
    ['group id', groupId],
    ['key', key],
    ['meta', meta && JSON.stringify(meta)],
    ['repeats', origins?.join(', ')],
    ['replayed as', replayedAs],
  ];
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return layOutColumns(known, width);
}

/** What waits for its time, for people. */
export function renderScheduled(jobs: readonly ScheduledJob[], width: number): readonly string[] {
  if (jobs.length === 0) return ['Nothing is scheduled.'];
  const head = ['SEND AT', 'ID', 'ACCOUNT', 'LANE', 'TO', 'WHAT'];
  const rows = jobs.map(({ id, account, lane, sendAt, to, messages, parts, campaign }) => [
    ...[isoTime(sendAt), id, account, lane, to ?? '-'],
    [
      counted(messages, 'message'),
      counted(parts, 'SMS part'),
      ...(campaign === undefined ? [] : [`campaign ${campaign}`]),
    ].join(', '),
  ]);
  return layOutColumns([head, ...rows], width);
}
