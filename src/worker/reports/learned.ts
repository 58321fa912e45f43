import { type Ended, parseEnded, type Reported } from '../../queue/ended-state.ts';
import type { MessagesEntry } from '../../queue/event-entry.ts';
import { reportEntry } from '../../queue/report-entry.ts';
import { type WaitingReport, waitingText } from '../../queue/waiting-report.ts';
import type { Answer } from './answers.ts';
import { isOver, isOverWithoutAnswer, nextQuestionAt, type ReportTimes } from './intervals.ts';
import type { FinalReport, MessageState } from './message-states.ts';
import type { ReportWrite } from './report-store.ts';

/** What has become final by one answer, or by the end of the time for asking. */
export type Learned = ReadonlyMap<number, FinalReport | Unconfirmed>;

/** JetSMS had not said what became of it, for as long as it was asked. */
export interface Unconfirmed {
  readonly state: 'unconfirmed';
  readonly status?: never;
  readonly deliveredAt?: never;
}

const unconfirmed: Unconfirmed = { state: 'unconfirmed' };

/** What is new of a job's messages: those that were final before stay as they are. */
export function learnedOf(
  waiting: WaitingReport,
  { states }: Answer,
  times: ReportTimes,
  now: number,
): Learned {
  const before = new Set(waiting.done ?? []);
  const isPast = isOver(waiting.endedAt, times, now);
  const isLongPast = isOverWithoutAnswer(waiting.endedAt, times, now);
  const wordOn = (state: MessageState | undefined): FinalReport | Unconfirmed | undefined => {
    if (state !== undefined && state !== 'pending') return state;
    return isLongPast || (isPast && state === 'pending') ? unconfirmed : undefined;
  };
  return new Map(
    Array.from({ length: waiting.n }, (_, index) => index).flatMap((index) => {
      const word = before.has(index) ? undefined : wordOn(states[index]);
      return word ? [[index, word] as const] : [];
    }),
  );
}

export interface LearnedFacts {
  readonly member: string;
  readonly waiting: WaitingReport;
  readonly learned: Learned;
  /** What is kept of the job's end, as it lies in Redis. */
  readonly endText: string | undefined;
}

/** How what was learned is written. */
export function writeOf(
  { member, waiting, learned, endText }: LearnedFacts,
  times: ReportTimes,
  { now, random }: { readonly now: number; readonly random: number },
): ReportWrite {
  const done = [...(waiting.done ?? []), ...learned.keys()].toSorted((one, other) => one - other);
  const reports = new Map([...learned].map(([index, report]) => [index, reportedOf(report, now)] as const));
  const dueAt = nextQuestionAt(waiting.endedAt, times, now, random);
  const isThrough = done.length >= waiting.n;
  const left = learned.size === 0 ? member : waitingText({ ...waiting, done });
  return {
    member,
    waiting,
    reports,
    events: eventsOf(waiting, learned, endText === undefined ? undefined : parseEnded(endText), now),
    next: isThrough ? undefined : { member: left, dueAt },
  };
}

function reportedOf({ state, status, deliveredAt }: FinalReport | Unconfirmed, now: number): Reported {
  return { state, at: deliveredAt ?? now, ...(status === undefined ? {} : { status }) };
}

/** One for all messages of which the same has become known. */
function eventsOf(
  waiting: WaitingReport,
  learned: Learned,
  ended: Ended | undefined,
  now: number,
): readonly MessagesEntry[] {
  const groups = new Map<
    string,
    { readonly report: FinalReport | Unconfirmed; readonly indices: number[] }
  >();
  for (const [index, report] of learned) {
    const name = `${report.state} ${report.status ?? ''}`;
    const group = groups.get(name) ?? { report, indices: [] };
    group.indices.push(index);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ report: { state, status }, indices }) =>
    reportEntry(
      { job: waiting, indices, ended },
      { state, at: now, ...(status === undefined ? {} : { status }) },
    ),
  );
}
