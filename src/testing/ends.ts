import {
  type CancelledIn,
  entryOfCancelled,
  stateOfCancelled,
  stateOfCancelledJob,
} from '../queue/cancelled-end.ts';
import type { Ended, Reported } from '../queue/ended-state.ts';
import { type EndTogether, eventOf, stateOf } from '../queue/ends.ts';
import type { ShownInEvents } from '../queue/event-entry.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import { subJob } from '../queue/pieces.ts';
import { reportEntry } from '../queue/report-entry.ts';
import { messageIdAt, type SendJob } from '../queue/send-job.ts';
import { type Tally, tallyOf, tallyOfChange } from '../queue/tally.ts';
import { mayBeTaken } from '../status/cancel.ts';
import { count, progressIn } from './campaigns.ts';
import {
  type FoundJob,
  type KeptEnd,
  keptUntil,
  type Memory,
  type StoredJob,
  type StoredMessage,
} from './memory.ts';
import { indicesOf } from './places.ts';

/** What ends are written into, and by what rules. */
export interface Ends {
  readonly memory: Memory;
  readonly account: string;
  readonly keepStatusMs: number;
  readonly shownInEvents: ShownInEvents;
}

/** What a message came to, and its journal when it did. */
export interface NewEnd {
  readonly settled: EndTogether['settled'];
  readonly journal: Journal;
}

/** Those of a job's messages that were looked for, with what is stored of each. */
export const messagesAt = (found: FoundJob): readonly (readonly [index: number, message: StoredMessage])[] =>
  indicesOf(found).flatMap((index) => {
    const message = found.stored.messages[index];
    return message ? [[index, message] as const] : [];
  });

/** Ends messages as a worker does: kept, counted and told; together where all of a job ends, else one by one. */
export function endAs(ends: Ends, found: FoundJob, { settled, journal }: NewEnd): void {
  const { stored } = found;
  const some = messagesAt(found);
  const isTogether = some.length === stored.messages.length && some.length > 1;
  stored.end = isTogether
    ? endOne(ends, { ...stored, at: settled.at, settled }, journal, stored.end)
    : undefined;
  for (const [index, message] of some) {
    const id = messageIdAt(stored.id, stored.job, index);
    const one = { id, job: jobOfOne(stored, index), at: settled.at, settled };
    message.end = isTogether ? stored.end : endOne(ends, one, journal, message.end);
    message.indexInEnd = isTogether ? index : 0;
    message.journal = journal;
  }
}

function jobOfOne({ id, job }: StoredJob, index: number): SendJob {
  if (job.to.length === 1) return job;
  const { ids: _ids, ...own } = subJob(id, job, [[index, index + 1]]);
  return own;
}

function endOne(ends: Ends, one: EndTogether, journal: Journal, before: KeptEnd | undefined): KeptEnd {
  const kept = keep(ends, one.id, stateOf(one, journal, ends));
  ends.memory.tell(ends.account, eventOf(one, ends));
  const was =
    before && ({ end: 'dead', at: before.ended.at, reason: 'uncertain', ...codeOf(before) } as const);
  countIn(ends, one.job, was ? tallyOfChange(one.job, was, one.settled) : tallyOf(one.job, one.settled));
  return kept;
}

const codeOf = ({ ended: { code } }: KeptEnd): { readonly code?: string } =>
  code === undefined ? {} : { code };

const keep = ({ keepStatusMs }: Ends, id: string, ended: Ended, isCalledOff = false): KeptEnd => ({
  id,
  ended,
  until: keptUntil(ended, keepStatusMs),
  isCalledOff,
});

function countIn({ memory, account }: Ends, job: SendJob, tally: Tally): void {
  if (job.campaign !== undefined) count({ memory, account }, job.campaign, tally);
}

/** Calls messages off, as `cancel()` does in Redis: each is kept and told by itself. */
export function callOff(ends: Ends, found: FoundJob): void {
  const { stored } = found;
  const { id, job, messages } = stored;
  const at = ends.memory.now();
  const open = messagesAt(found).filter(([, { end }]) => !end);
  countIn(ends, job, { 'dead:cancelled': open.length });
  for (const [index, message] of open) {
    const of: CancelledIn = { id, job, journal: message.journal, at };
    message.end = keep(ends, messageIdAt(id, job, index), stateOfCancelled(of, index, ends), true);
    message.indexInEnd = 0;
    ends.memory.tell(ends.account, entryOfCancelled(of, index, ends));
  }
  const [first] = open;
  const isEmpty = messages.every((message) => !message || message.end?.isCalledOff);
  if (!first || !isEmpty || messages.length === 1) return;
  const of: CancelledIn = { id, job, journal: first[1].journal, at };
  stored.end = keep(ends, id, stateOfCancelledJob(of, ends), true);
}

/** Writes down what JetSMS says of accepted messages, and tells of it. */
export function report(ends: Ends, found: FoundJob, reported: Reported): void {
  for (const [end, indices] of byEnd(found)) {
    const { ended, id } = end;
    const reports = Array.from({ length: ended.n }, (_, at) =>
      indices.includes(at) ? reported : ended.reports[at],
    );
    end.ended = { ...ended, reports };
    const job = { job: id, n: ended.n, lane: ended.lane };
    const { state, status } = reported;
    const word = { state, at: ends.memory.now(), ...(status === undefined ? {} : { status }) };
    ends.memory.tell(ends.account, reportEntry({ job, indices, ended }, word));
  }
}

/** The messages by the end that they share, and their places in it. */
function byEnd(found: FoundJob): ReadonlyMap<KeptEnd, readonly number[]> {
  const ends = new Map<KeptEnd, number[]>();
  for (const [, { end, indexInEnd }] of messagesAt(found)) {
    if (!end) continue;
    const indices = ends.get(end) ?? [];
    indices.push(indexInEnd);
    ends.set(end, indices);
  }
  return ends;
}

/** What becomes of the waiting messages of a campaign, where it is cancelled, as soon as a worker takes them. */
export function endCancelledCampaign(ends: Ends, campaign: string): void {
  if (progressIn(ends, campaign)?.state !== 'cancelled') return;
  const { jobs } = ends.memory.of(ends.account);
  for (const stored of jobs.values()) if (stored.job.campaign === campaign) endWaiting(ends, stored);
}

/** What is under way, or being asked about, goes on. */
function endWaiting(ends: Ends, stored: StoredJob): void {
  const at = ends.memory.now();
  const waiting = messagesAt({ stored, index: undefined }).filter(
    ([, { end, journal }]) => !(end || journal.sending || journal.asking),
  );
  const isUntouched = waiting.every(([, { journal }]) => journal === emptyJournal);
  const isTogether = isUntouched && waiting.length === stored.messages.length;
  for (const [index, { journal }] of isTogether ? waiting.slice(0, 1) : waiting) {
    const arrived = mayBeTaken(journal, {}) ? ({ mayHaveArrived: true } as const) : {};
    const settled = { end: 'dead', at, reason: 'cancelled', ...arrived } as const;
    endAs(
      ends,
      { stored, index: isTogether ? undefined : index },
      { settled, journal: { ...journal, settled } },
    );
  }
}
