import {
  type DeathFacts,
  idOf,
  noLongerAsking,
  type Piece,
  type Range,
  type Used,
  usedOf,
} from '../../queue/journal.ts';
import { deadlineAtOf, type SendJob } from '../../queue/send-job.ts';
import type { OneVerdict, Verdict } from './verdict.ts';

/** Joined sends part for good: each goes its own way, under its own id. */
const eachByItself = ({ to }: SendJob, pieceAt: (index: number) => Piece): readonly Piece[] =>
  to.map((_, index) => ({ ...pieceAt(index), ranges: [[index, index + 1]] }));

/**
 * A job whose refusal one of its messages has caused: both halves are sent again, at once and by themselves. Joined sends
 * come together again as far as that is good for them (`requests.ts`).
 */
export function halves(job: SendJob, used: Used): readonly Piece[] {
  const middle = Math.ceil(job.to.length / 2);
  const again = { fate: 'again', delayMs: 0, ...usedOf(used) } as const;
  if (job.joined) return eachByItself(job, () => ({ ...again, ranges: [] }));
  return [
    { ...again, ranges: [[0, middle]] },
    { ...again, ranges: [[middle, job.to.length]] },
  ];
}

/** A job of which only the first message was sent, or judged: it goes its way, and the others wait as before. */
export function firstAndRest(verdict: OneVerdict, job: SendJob, used: Used): readonly Piece[] {
  const first = pieceOf(verdict, used);
  const rest = { fate: 'again', delayMs: 0, ...usedOf(used) } as const;
  if (job.joined) return eachByItself(job, (index) => (index === 0 ? first : { ...rest, ranges: [] }));
  return [
    { ...first, ranges: [[0, 1]] },
    { ...rest, ranges: [[1, job.to.length]] },
  ];
}

/** How long a joined send waits whose own deadline is later than that of those that have just expired. */
const ownDeadlineMs = 1_000;

/**
 * A verdict on all messages of a job as it is carried out: joined sends get a dead letter each, and where they die of
 * the earliest deadline, those that have a later one go on.
 */
export function onWholeJob(verdict: Verdict, job: SendJob, used: Used, now: number): Verdict {
  const isOne = job.to.length === 1 && !job.ids;
  if (!job.joined || isOne || verdict.kind !== 'dead-letter') return verdict;
  const { rule, facts } = verdict;
  const again: Piece = { ...usedOf(used), fate: 'again', ranges: [], delayMs: ownDeadlineMs };
  const pieces = eachByItself(job, (index) =>
    facts.reason === 'expired' && deadlineAtOf(job, index) > Math.max(now, job.deadlineAt) + ownDeadlineMs
      ? again
      : pieceOf(verdict, used),
  );
  return { kind: 'split', rule, pieces };
}

/** A job whose messages were judged one by one: a piece for each fate, in the order in which they first appear. */
export function piecesByFate(
  verdicts: readonly OneVerdict[],
  used: Used,
  job?: Pick<SendJob, 'joined' | 'to'>,
): readonly Piece[] {
  if (job?.joined)
    return verdicts.map((verdict, index) => ({ ...pieceOf(verdict, used), ranges: [[index, index + 1]] }));
  const pieces = new Map<string, { readonly piece: Piece; readonly indices: number[] }>();
  verdicts.forEach((verdict, index) => {
    const piece = pieceOf(verdict, used);
    const key = JSON.stringify({ ...piece, delayMs: undefined });
    const known = pieces.get(key) ?? { piece, indices: [] };
    known.indices.push(index);
    pieces.set(key, known);
  });
  return [...pieces.values()].map(({ piece, indices }) => ({ ...piece, ranges: rangesOf(indices) }));
}

function pieceOf(verdict: OneVerdict, journal: Used): Piece {
  const ranges: readonly Range[] = [];
  const used = noLongerAsking(journal);
  switch (verdict.kind) {
    case 'complete':
      return { fate: 'accepted', ranges, ...idOf(verdict) };
    case 'dead-letter':
      return { fate: 'dead', ranges, facts: verdict.facts };
    case 'retry': {
      const resends = used.resends + (verdict.resend ? 1 : 0);
      return {
        ...used,
        fate: 'again',
        ranges,
        delayMs: verdict.delayMs,
        attempts: used.attempts + 1,
        resends,
      };
    }
    case 'defer':
      return { ...used, fate: 'again', ranges, delayMs: verdict.delayMs };
    case 'ask':
      return { ...used, fate: 'again', ranges, delayMs: verdict.delayMs, asking: verdict.asking };
    case 'hold':
      return { ...used, fate: 'again', ranges, delayMs: 0 };
  }
}

function rangesOf(indices: readonly number[]): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last && last[1] === index) last[1] = index + 1;
    else ranges.push([index, index + 1]);
  }
  return ranges;
}

/** The facts of a dead piece, or undefined for another fate. */
export const factsOf = (piece: Piece): DeathFacts | undefined =>
  piece.fate === 'dead' ? piece.facts : undefined;
