import { partsOfMms } from '../message/mms.ts';
import { partsByModel } from '../message/parts.ts';
import { isPartsModel } from '../message/parts-models.ts';
import type { JobRecord } from './job-record.ts';
import type { Range, Used } from './journal.ts';
import { deadlineAtOf, isMetaOfEach, messageIdAt, type SendJob, textAt } from './send-job.ts';

/**
 * The id of a piece: it tells where it comes from, and is the same each time the piece is made. A joined send that goes
 * by itself has its message's id; of other jobs a piece is a job of another form, since `m1.0` is a message of theirs.
 */
export const pieceId = (id: string, index: number, job?: Pick<SendJob, 'joined' | 'ids'>): string =>
  job?.joined ? (job.ids?.[index] ?? `${id}.${index}`) : `${id}.p${index}`;

/** A job of its own for some messages of the job of this id. */
export function subJob(id: string, job: SendJob, ranges: readonly Range[], before?: Used): SendJob {
  const { before: _before, joined, laterMs: _laterMs, ids: _ids, keys: _keys, meta: _meta, ...rest } = job;
  const to = pick(job.to, ranges);
  const texts = typeof job.text === 'string' ? job.text : pick(job.text, ranges);
  const [only] = to.length === 1 && typeof texts !== 'string' ? texts : [];
  const part: SendJob = { ...rest, to, text: only ?? texts, ...(before ? { before } : {}) };
  const own = joined ? joinedFields(job, ranges, to.length === 1) : { ids: idsAt(id, job, ranges) };
  return { ...part, parts: partsOf(part), ...own, ...notesOf(job, (list) => pick(list, ranges)) };
}

/** The messages of a campaign's job keep their ids, whatever piece they go in. */
const idsAt = (id: string, job: SendJob, ranges: readonly Range[]): readonly string[] =>
  ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, at) => messageIdAt(id, job, from + at)),
  );

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

/** What a record says of a job that was stored: which of its messages do not go, and when the others do. */
export type RecordedChanges = Pick<JobRecord, 'lost'> & Partial<Pick<JobRecord, 'cancelled' | 'moved'>>;

/**
 * A job as its record has it: at its present time, without the messages that have lost their claims or were called off; undefined
 * where none is left.
 */
export const jobOfRecord = (
  id: string,
  job: SendJob,
  { lost, cancelled = [], moved }: RecordedChanges,
): SendJob | undefined => withoutLost(id, moved ? { ...job, ...moved } : job, [...lost, ...cancelled]);

/** The place of the message at `index` among those that its record has left in the job, by which a division counts; -1 = it is gone. */
export function placeAmongLeft(index: number, { lost, cancelled = [] }: RecordedChanges): number {
  const gone = new Set([...lost, ...cancelled]);
  if (gone.has(index) || gone.has(-1)) return -1;
  return index - [...gone].filter((one) => one < index).length;
}

/**
 * The place of a piece in the division of the job of this id, read from the piece's own id (`pieceId`): the job may be gone.
 * -1 for what is no piece of it.
 */
export function placeOfPiece(piece: string, id: string, record: RecordedChanges): number {
  if (!piece.startsWith(`${id}.`)) return -1;
  const [, isNumbered, count] = /^(p?)(\d{1,6})$/.exec(piece.slice(id.length + 1)) ?? [];
  if (count === undefined) return -1;
  // A joined send has its message's id, and what is gone from the job takes part in no division.
  return isNumbered ? Number(count) : placeAmongLeft(Number(count), record);
}

/** A job without some of its messages (-1 = all of them); undefined where none is left. */
export function withoutLost(id: string, job: SendJob, lost: readonly number[]): SendJob | undefined {
  if (lost.length === 0) return job;
  const gone = new Set(lost);
  const keptOf = <T>(list: readonly T[]): T[] => list.filter((_, index) => !gone.has(index));
  const to = keptOf(job.to);
  if (gone.has(-1) || to.length === 0) return undefined;
  const rest: SendJob = {
    ...job,
    to,
    text: typeof job.text === 'string' ? job.text : keptOf(job.text),
    ...(job.laterMs ? { laterMs: keptOf(job.laterMs) } : {}),
    ids: keptOf(idsAt(id, job, [[0, job.to.length]])),
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
