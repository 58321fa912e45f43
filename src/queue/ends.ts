import type { Lane } from '../message/lane.ts';
import { maskNumber } from '../message/number.ts';
import { dayOf, type Ended, type EndedNotes, endedKey, endedText, endedUntil } from './ended-state.ts';
import {
  type MessageEventType,
  type MessagesEntry,
  messagesOfEntry,
  type ShownInEvents,
} from './event-entry.ts';
import {
  type DeathFacts,
  endOfPiece,
  type Journal,
  type OneEnd,
  type Piece,
  type Settled,
  usedOf,
} from './journal.ts';
import type { AccountPlace } from './names.ts';
import { pieceId, subJob } from './pieces.ts';
import type { SendJob } from './send-job.ts';
import { isAskedByIds, numberMark, waitingText } from './waiting-report.ts';

/** What is remembered of ends, told of them, and asked about them, by the settings of an account. */
export interface EndRules extends AccountPlace {
  /** How long what became of a message is remembered after its end; 0 = not at all. */
  readonly keepStatusMs: number;
  readonly shownInEvents: ShownInEvents;
  /** Which accepted messages are asked about. */
  readonly reportLanes: readonly Lane[];
  /** The first question comes so long after the end. */
  readonly reportFirstMs: number;
  /** JetSMS can be asked by ids of ours; else by its group id, and it answers by numbers. */
  readonly asksByIds: boolean;
}

/** An end as it is recorded, told and asked about, in one step with the journal that says so. */
export interface EndWrite {
  readonly id: string;
  /** Where the end is kept, for how long (epoch milliseconds), and what is kept; '' = nowhere. */
  readonly key: string;
  readonly until: number;
  readonly text: string;
  /** JSON of the entry in the stream of events; '' = nobody is told. */
  readonly event: string;
  /** What waits for a report, and since when it is due; '' = nothing. */
  readonly waiting: string;
  readonly dueAt: number;
}

/** A job whose journal says how it ended. */
export interface EndedJob {
  readonly id: string;
  readonly job: SendJob;
  readonly journal: Journal;
  /** What a late reply takes the place of. */
  readonly before?: Settled | undefined;
}

/**
 * The ends of a job's messages: one where all came to the same, else one for each piece that has ended. Pieces that go on have
 * theirs later.
 * @param secret of the installation, where reports are told apart by numbers
 */
export function endsOf(ended: EndedJob, rules: EndRules, secret: string | undefined): readonly EndWrite[] {
  const { id, job, journal, before } = ended;
  const { settled } = journal;
  if (settled === undefined) return [];
  const write = (one: EndTogether): EndWrite => writeOf(one, journal, rules, secret);
  if (settled.end === 'accepted') {
    if (before?.end !== 'split') return [write({ id, job, at: settled.at, settled })];
    // The pieces that were accepted before have been told.
    return pieceEnds(id, job, before.pieces, ({ fate }) => (fate === 'dead' ? settled : undefined)).map(
      write,
    );
  }
  if (settled.end === 'dead') return [write({ id, job, at: settled.at, settled })];
  const ends = pieceEnds(id, job, settled.pieces, (piece) => endOfPiece(piece, settled.at)).map(write);
  // A joined send has its own id as a job, so that nobody need look where it went.
  return job.joined ? ends : [splitOf(ended, settled, rules), ...ends];
}

/** Messages that came to the same. */
export interface EndTogether {
  readonly id: string;
  readonly job: SendJob;
  readonly at: number;
  readonly settled: OneEnd;
}

const pieceEnds = (
  id: string,
  job: SendJob,
  pieces: readonly Piece[],
  settledOf: (piece: Piece) => OneEnd | undefined,
): readonly EndTogether[] =>
  pieces.flatMap((piece, index) => {
    const settled = settledOf(piece);
    if (settled === undefined) return [];
    const own = subJob(id, job, piece.ranges, piece.fate === 'again' ? usedOf(piece) : undefined);
    return [{ id: pieceId(id, index, job), job: own, at: settled.at, settled }];
  });

function writeOf(one: EndTogether, journal: Journal, rules: EndRules, secret: string | undefined): EndWrite {
  const { id, job, at, settled } = one;
  const isUncertain = settled.end === 'dead' && settled.reason === 'uncertain';
  const asks =
    settled.end === 'accepted'
      ? rules.reportLanes.includes(job.lane)
      : isUncertain && isAskedByIds(job, rules);
  return {
    ...stateWrite(id, stateOf(one, journal, rules), rules),
    event: JSON.stringify(eventOf(one, rules)),
    waiting: asks ? waitingOf(one, journal, rules, secret) : '',
    dueAt: at + rules.reportFirstMs,
  };
}

/** Where an end is kept, and as what. */
export function stateWrite(
  id: string,
  ended: Ended,
  rules: EndRules,
): Pick<EndWrite, 'id' | 'key' | 'until' | 'text'> {
  if (rules.keepStatusMs === 0) return { id, key: '', until: 0, text: '' };
  const day = dayOf(ended.at);
  return {
    id,
    key: endedKey(rules, id, day),
    until: endedUntil(day, rules.keepStatusMs),
    text: endedText(ended),
  };
}

/** An end as it is kept. */
export function stateOf(
  { job, at, settled }: EndTogether,
  { history }: Journal,
  rules: Pick<EndRules, 'shownInEvents'>,
): Ended {
  const { lane, enqueuedAt, to, parts } = job;
  const isCancelled = settled.end === 'dead' && settled.reason === 'cancelled';
  const code = settled.end === 'dead' ? settled.code : undefined;
  const groupId = settled.end === 'accepted' ? settled.groupId : undefined;
  return {
    end: isCancelled ? 'cancelled' : settled.end,
    at,
    lane,
    enqueuedAt,
    n: to.length,
    parts,
    attempts: history.at(-1)?.n ?? 0,
    ...(code === undefined ? {} : { code }),
    ...(groupId === undefined ? {} : { groupId }),
    notes: { ...notesOf(job, rules.shownInEvents), ...(settled.end === 'dead' ? deathNotes(settled) : {}) },
    reports: [],
  };
}

const deathNotes = ({ reason, mayHaveArrived }: DeathFacts): EndedNotes => ({
  reason,
  ...(mayHaveArrived ? { mayHaveArrived } : {}),
});

function notesOf(job: SendJob, shown: ShownInEvents): EndedNotes {
  const { job: _job, n: _n, lane: _lane, ...notes } = messagesOfEntry('', job, shown);
  const [only = ''] = job.to;
  return { ...notes, ...(job.to.length === 1 ? { mask: maskNumber(only) } : {}) };
}

/** What others are told of an end. */
export function eventOf(
  { id, job, at, settled }: EndTogether,
  { shownInEvents }: Pick<EndRules, 'shownInEvents'>,
): MessagesEntry {
  const entry = messagesOfEntry(id, job, shownInEvents);
  const late = settled.late ? { late: settled.late } : {};
  if (settled.end === 'accepted') {
    const { groupId } = settled;
    return { type: 'message.accepted', at, ...entry, ...(groupId === undefined ? {} : { groupId }), ...late };
  }
  const { reason, code, mayHaveArrived } = settled;
  return {
    type: typeOfDeath(settled),
    at,
    ...entry,
    reason,
    ...(code === undefined ? {} : { code }),
    ...(mayHaveArrived ? { mayHaveArrived } : {}),
    ...late,
  };
}

function typeOfDeath({ reason }: DeathFacts): MessageEventType {
  if (reason === 'uncertain') return 'message.uncertain';
  return reason === 'cancelled' ? 'message.cancelled' : 'message.dead';
}

function waitingOf(
  { id, job, at, settled }: EndTogether,
  { resends }: Journal,
  rules: EndRules,
  secret: string | undefined,
): string {
  const groupId = settled.end === 'accepted' ? settled.groupId : undefined;
  const asksByIds = isAskedByIds(job, rules);
  // Without a group id, and without ids of ours, there is nothing to ask by.
  if (!asksByIds && (groupId === undefined || secret === undefined)) return '';
  return waitingText({
    job: id,
    kind: settled.end === 'accepted' ? 'accepted' : 'uncertain',
    lane: job.lane,
    endedAt: at,
    n: job.to.length,
    resends,
    ...(groupId === undefined ? {} : { groupId }),
    ...(asksByIds || secret === undefined
      ? {}
      : { marks: job.to.map((number) => numberMark(secret, number)) }),
    ...(job.ids ? { ids: job.ids } : {}),
  });
}

function splitOf(
  { id, job, journal }: EndedJob,
  { at, pieces }: Extract<Settled, { readonly end: 'split' }>,
  rules: EndRules,
): EndWrite {
  const { lane, enqueuedAt, to, parts } = job;
  const attempts = journal.history.at(-1)?.n ?? 0;
  const notes = { ...(job.ids ? { ids: job.ids } : {}), pieces: pieces.map(({ ranges }) => ranges) };
  const facts = { at, lane, enqueuedAt, n: to.length, parts, attempts };
  const state = { end: 'split', ...facts, notes, reports: [] } as const;
  return { ...stateWrite(id, state, rules), event: '', waiting: '', dueAt: 0 };
}

/** The end of a job that could not be read: of whom it was, nobody knows. */
export function endOfUnread(id: string, lane: Lane, at: number, rules: EndRules): EndWrite {
  const reason = 'invalid';
  const state: Ended = {
    end: 'dead',
    at,
    lane,
    enqueuedAt: at,
    n: 1,
    parts: 0,
    attempts: 0,
    notes: { reason },
    reports: [],
  };
  const event: MessagesEntry = { type: 'message.dead', at, job: id, n: 1, lane, reason };
  return { ...stateWrite(id, state, rules), event: JSON.stringify(event), waiting: '', dueAt: 0 };
}
