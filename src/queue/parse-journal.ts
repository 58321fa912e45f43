import {
  type Check,
  fieldFinder,
  isCount,
  isListOf,
  isObject,
  isOneOf,
  isShaped,
  isString,
  isTime,
  isTrue,
  optional,
  type Shape,
} from './checks.ts';
import {
  type DeathFacts,
  deadReasons,
  emptyJournal,
  type HistoryEntry,
  historyLimit,
  type JobResult,
  type Journal,
  outcomeKinds,
  type Piece,
  type Sending,
  type Settled,
  usedOf,
} from './journal.ts';
import { readJson } from './json.ts';
import { isRanges } from './notes.ts';
import type { SendJob } from './send-job.ts';
import { usedShape } from './used.ts';

/** What `parseJournal` says; `problem` names the field, never its value. */
export type ParsedJournal =
  | { readonly ok: true; readonly journal: Journal }
  | { readonly ok: false; readonly problem: string };

export const deathShape: Shape<DeathFacts> = {
  reason: isOneOf(deadReasons),
  code: optional(isString),
  row: optional(isString),
  text: optional(isString),
  mayHaveArrived: optional(isTrue),
};

export const isHistory: Check = isListOf(
  isShaped<HistoryEntry>({
    n: isCount,
    at: isTime,
    outcome: isOneOf(outcomeKinds),
    code: isString,
    row: optional(isString),
    verdict: isString,
    durationMs: optional(isTime),
    worker: optional(isString),
    late: optional(isTrue),
  }),
);

type Fate<Kind extends Piece['fate']> = Extract<Piece, { readonly fate: Kind }>;
const common = { fate: isString, ranges: isRanges };
const isAcceptedPiece = isShaped<Fate<'accepted'>>({ ...common, groupId: optional(isString) });
const isDeadPiece = isShaped<Fate<'dead'>>({ ...common, facts: isShaped(deathShape) });
const isAgainPiece = isShaped<Fate<'again'>>({
  ...common,
  ...usedShape,
  delayMs: isTime,
});

function isPiece(value: unknown): value is Piece {
  if (!isObject(value) || !('fate' in value)) return false;
  switch (value.fate) {
    case 'accepted':
      return isAcceptedPiece(value);
    case 'dead':
      return isDeadPiece(value);
    case 'again':
      return isAgainPiece(value);
    default:
      return false;
  }
}

type End<Kind extends Settled['end']> = Extract<Settled, { readonly end: Kind }>;
const when = { end: isString, at: isTime, late: optional(isTrue) };
const isAcceptance = isShaped<End<'accepted'>>({ ...when, groupId: optional(isString) });
const isDeath = isShaped<End<'dead'>>({ ...when, ...deathShape });
const isSplit = isShaped<End<'split'>>({ ...when, pieces: isListOf(isPiece) });

function isSettled(value: unknown): value is Settled {
  if (!isObject(value) || !('end' in value)) return false;
  switch (value.end) {
    case 'accepted':
      return isAcceptance(value);
    case 'dead':
      return isDeath(value);
    case 'split':
      return isSplit(value);
    default:
      return false;
  }
}

const brokenField = fieldFinder<Journal>({
  ...usedShape,
  stalls: isCount,
  history: isHistory,
  sending: optional(isShaped<Sending>({ at: isTime, worker: isString, messages: optional(isCount) })),
  notBefore: optional(isTime),
  settled: optional(isSettled),
});

const noneYet: ParsedJournal = { ok: true, journal: emptyJournal };

/**
 * Reads a job's progress. Total: what nobody of ours wrote is a problem, not a throw. A job without progress,
 * which BullMQ shows as 0, has the empty journal; most have.
 * @param job whose journal it is, where that can be read: a piece goes on from what its messages had used up, and
 * a division must divide all of the job's messages
 */
export function parseJournal(progress: unknown, job?: Pick<SendJob, 'to' | 'before'>): ParsedJournal {
  if (isAbsent(progress)) {
    return job?.before ? { ok: true, journal: { ...emptyJournal, ...usedOf(job.before) } } : noneYet;
  }
  if (!isObject(progress)) return { ok: false, problem: 'the journal is no object' };
  const broken = brokenField(progress);
  if (broken) return { ok: false, problem: `field ${broken} of the journal is missing or not valid` };
  const journal = progress as Journal;
  if (job && journal.settled?.end === 'split' && !dividesAll(journal.settled.pieces, job.to.length)) {
    return { ok: false, problem: 'the division in the journal does not hold each message once' };
  }
  const { history } = journal;
  if (history.length <= historyLimit) return { ok: true, journal };
  return { ok: true, journal: { ...journal, history: history.slice(-historyLimit) } };
}

/** Reads a journal as it lies in Redis: JSON, or nothing. Total. */
export function parseJournalText(raw: string, job?: Pick<SendJob, 'to' | 'before'>): ParsedJournal {
  const value = raw === '' ? undefined : readJson(raw);
  if (raw !== '' && value === undefined) return { ok: false, problem: 'the journal is no JSON' };
  return parseJournal(value, job);
}

/** For those who can go on without what cannot be read. */
export const journalOrEmpty = (read: ParsedJournal): Journal => (read.ok ? read.journal : emptyJournal);

const isAbsent = (progress: unknown): boolean =>
  progress === 0 ||
  progress === undefined ||
  progress === null ||
  (isObject(progress) && Object.keys(progress).length === 0);

/** A message in two pieces would be sent twice, one in none be lost. */
function dividesAll(pieces: readonly Piece[], messages: number): boolean {
  const ranges = pieces.flatMap(({ ranges }) => ranges).toSorted(([one], [other]) => one - other);
  const isGapless = ranges.every(([from], index) => from === (ranges[index - 1]?.[1] ?? 0));
  return isGapless && ranges.at(-1)?.[1] === messages;
}

const isResult = isShaped<JobResult>({
  end: isOneOf(['accepted', 'split', 'duplicate', 'cancelled']),
  groupId: optional(isString),
  durationMs: optional(isTime),
});

/** What a job ended with, as our processor returns it; undefined for anything else. Total. */
export const parseJobResult = (value: unknown): JobResult | undefined =>
  isResult(value) ? value : undefined;
