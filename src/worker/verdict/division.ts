import { partsOfMms } from '../../message/mms.ts';
import { partsByModel } from '../../message/parts.ts';
import { isPartsModel } from '../../message/parts-models.ts';
import { type DeathFacts, idOf, type Piece, type Range, type Used, usedOf } from '../../queue/journal.ts';
import { deadlineAtOf, isMetaOfEach, messageIdAt, type SendJob, textAt } from '../../queue/send-job.ts';
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

/**
 * The id of a piece: it tells where it comes from, and is the same each time the piece is made. A joined send that goes
 * by itself has its message's id; of other jobs a piece is a job of another form, since `m1.0` is a message of theirs.
 */
export const pieceId = (id: string, index: number, job?: Pick<SendJob, 'joined' | 'ids'>): string =>
  job?.joined ? (job.ids?.[index] ?? `${id}.${index}`) : `${id}-${index}`;

/** A job of its own for some messages of the job of this id. */
export function subJob(id: string, job: SendJob, ranges: readonly Range[], before?: Used): SendJob {
  const { before: _before, joined, laterMs: _laterMs, ids: _ids, keys: _keys, meta: _meta, ...rest } = job;
  const to = pick(job.to, ranges);
  const texts = typeof job.text === 'string' ? job.text : pick(job.text, ranges);
  const [only] = to.length === 1 && typeof texts !== 'string' ? texts : [];
  const part: SendJob = { ...rest, to, text: only ?? texts, ...(before ? { before } : {}) };
  const own = joined
    ? joinedFields(job, ranges, to.length === 1)
    : { ids: pick(messageIds(id, job), ranges) };
  return { ...part, parts: partsOf(part), ...own, ...notesOf(job, (list) => pick(list, ranges)) };
}

/** The messages of a campaign's job keep their ids, whatever piece they go in. */
const messageIds = (id: string, job: SendJob): readonly string[] =>
  job.to.map((_, index) => messageIdAt(id, job, index));

/** What the backend app noted beside some of a job's messages. */
function notesOf(
  { keys, meta }: SendJob,
  pickFrom: <T>(list: readonly T[]) => readonly T[],
): Pick<SendJob, 'keys' | 'meta'> {
  return {
    ...(keys ? { keys: pickFrom(keys) } : {}),
    ...(meta ? { meta: isMetaOfEach(meta) ? pickFrom(meta) : meta } : {}),
  };
}

/** What is each message's own among joined sends; one that goes by itself has it as its job's. */
function joinedFields(job: SendJob, ranges: readonly Range[], isOne: boolean): Partial<SendJob> {
  const { laterMs, ids } = job;
  const [[first] = [0]] = ranges;
  if (isOne) return { deadlineAt: deadlineAtOf(job, first) };
  return {
    joined: true,
    ...(laterMs ? { laterMs: pick(laterMs, ranges) } : {}),
    ...(ids ? { ids: pick(ids, ranges) } : {}),
  };
}

const pick = <T>(list: readonly T[], ranges: readonly Range[]): T[] =>
  ranges.flatMap(([from, to]) => list.slice(from, to));

/** A job without the messages that have lost their claims; undefined where none is left. */
export function withoutLost(id: string, job: SendJob, lost: readonly number[]): SendJob | undefined {
  if (lost.length === 0) return job;
  const kept = job.to.flatMap((_, index) => (lost.includes(index) ? [] : [index]));
  if (lost.includes(-1) || kept.length === 0) return undefined;
  const keptOf = <T>(list: readonly T[]): T[] => list.filter((_, index) => kept.includes(index));
  const rest: SendJob = {
    ...job,
    joined: true,
    to: keptOf(job.to),
    text: typeof job.text === 'string' ? job.text : keptOf(job.text),
    ...(job.laterMs ? { laterMs: keptOf(job.laterMs) } : {}),
    ids: kept.map((index) => messageIdAt(id, job, index)),
    ...notesOf(job, keptOf),
  };
  return { ...rest, parts: partsOf(rest) };
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
