import type { Ended, EndedNotes, Reported } from './ended-state.ts';
import type { MessagesEntry } from './event-entry.ts';
import { isMetaOfEach, messageIdAt } from './send-job.ts';
import type { WaitingReport } from './waiting-report.ts';

/** Messages of which the same has become known. */
export interface ReportedMessages {
  /** The send job whose messages these are, or a piece of it. */
  readonly job: Pick<WaitingReport, 'job' | 'n' | 'lane' | 'groupId' | 'ids'>;
  /** Their places in it. */
  readonly indices: readonly number[];
  /** What is kept of the job's end; where nothing is, an event tells no more than ids. */
  readonly ended: Ended | undefined;
}

const typeOf = {
  delivered: 'message.delivered',
  failed: 'message.failed',
  expired: 'message.failed',
  unconfirmed: 'message.unconfirmed',
} as const;

/** What others are told of the last word on accepted messages. `at`: when it became known, epoch milliseconds. */
export const reportEntry = (
  { job, indices, ended }: ReportedMessages,
  { state, at, status }: Reported,
): MessagesEntry => ({
  type: typeOf[state],
  at,
  ...messagesAt({ job, indices, ended }),
  ...(status === undefined ? {} : { code: status }),
});

function messagesAt({ job: of, indices, ended }: ReportedMessages): Omit<MessagesEntry, 'type' | 'at'> {
  const { job, n, lane, groupId = ended?.groupId } = of;
  const { ids = of.ids, campaign, rootId } = ended?.notes ?? {};
  const place = { to: { length: n }, ...(ids ? { ids } : {}) };
  const own = indices.length === n ? ids : indices.map((index) => messageIdAt(job, place, index));
  return {
    job,
    n: indices.length,
    lane,
    ...(own ? { ids: own } : {}),
    ...(campaign === undefined ? {} : { campaign }),
    ...(rootId === undefined ? {} : { rootId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(ended ? notesAt(ended.notes, indices) : {}),
  };
}

/** What has one value for each message. */
function notesAt(
  { keys, meta, to, text }: EndedNotes,
  indices: readonly number[],
): Pick<MessagesEntry, 'keys' | 'meta' | 'to' | 'text'> {
  const at = <T>(list: readonly T[]): readonly T[] =>
    indices.flatMap((index) => (index < list.length ? [list[index] as T] : []));
  return {
    ...(keys ? { keys: at(keys) } : {}),
    ...(meta ? { meta: isMetaOfEach(meta) ? at(meta) : meta } : {}),
    ...(to ? { to: at(to) } : {}),
    ...(text === undefined ? {} : { text: typeof text === 'string' ? text : at(text) }),
  };
}
