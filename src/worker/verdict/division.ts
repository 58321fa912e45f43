import { partsOfMms } from '../../message/mms.ts';
import { partsByModel } from '../../message/parts.ts';
import { isPartsModel } from '../../message/parts-models.ts';
import { type DeathFacts, idOf, type Piece, type Range, type Used, usedOf } from '../../queue/journal.ts';
import { type SendJob, textAt } from '../../queue/send-job.ts';
import type { Verdict } from './decide.ts';

/** A job whose refusal one of its messages has caused: both halves are sent again, at once and by themselves. */
export function halves(job: SendJob, used: Used): readonly Piece[] {
  const middle = Math.ceil(job.to.length / 2);
  const again = { fate: 'again', delayMs: 0, ...usedOf(used) } as const;
  return [
    { ...again, ranges: [[0, middle]] },
    { ...again, ranges: [[middle, job.to.length]] },
  ];
}

/** A job of which only the first message was sent, or judged: it goes its way, and the others wait as before. */
export function firstAndRest(verdict: Verdict, { to }: SendJob, used: Used): readonly Piece[] {
  return [
    { ...pieceOf(verdict, used), ranges: [[0, 1]] },
    { fate: 'again', delayMs: 0, ...usedOf(used), ranges: [[1, to.length]] },
  ];
}

/** A job whose messages were judged one by one: a piece for each fate, in the order in which they first appear. */
export function piecesByFate(verdicts: readonly Verdict[], used: Used): readonly Piece[] {
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

function pieceOf(verdict: Verdict, journal: Used): Piece {
  const ranges: readonly Range[] = [];
  const used = usedOf(journal);
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
    case 'hold':
    case 'split':
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

/** The id of a piece: it tells where it comes from, and is the same each time the piece is made. */
export const pieceId = (id: string, index: number): string => `${id}.${index}`;

/** A job of its own for some messages of a job. */
export function subJob(job: SendJob, ranges: readonly Range[], before?: Used): SendJob {
  const pick = <T>(list: readonly T[]): T[] => ranges.flatMap(([from, to]) => list.slice(from, to));
  const { before: _before, ...rest } = job;
  const to = pick(job.to);
  const text = typeof job.text === 'string' ? job.text : pick(job.text);
  const part: SendJob = { ...rest, to, text, ...(before ? { before } : {}) };
  return { ...part, parts: partsOf(part) };
}

/** SMS parts of all messages of a job, counted as its producer did. */
export function partsOf(job: SendJob): number {
  if (job.media) return partsOfMms * job.to.length;
  const model = isPartsModel(job.partsModel) ? job.partsModel : undefined;
  if (typeof job.text === 'string') return partsByModel(job.text, model) * job.to.length;
  return job.to.reduce((sum, _, index) => sum + partsByModel(textAt(job, index), model), 0);
}

/** The facts of a dead piece, or undefined for another fate. */
export const factsOf = (piece: Piece): DeathFacts | undefined =>
  piece.fate === 'dead' ? piece.facts : undefined;
