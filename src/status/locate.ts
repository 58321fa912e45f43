import type { Ended } from '../queue/ended-state.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import { parseJournalText } from '../queue/parse-journal.ts';
import { jobOfRecord } from '../queue/pieces.ts';
import type { SendJob } from '../queue/send-job.ts';
import { inEndedPieces, inPieces } from './in-pieces.ts';
import { type Aim, type Next, type Place, unknown } from './place.ts';
import { readJob, readSights, type Sight, type StatusTools } from './sight.ts';

/** A job is halved ten times at most, and a chain of replays is made by hand: what is longer was made by nobody. */
const mostSteps = 60;
const stepsOfAnotherLook = 20;

/**
 * Finds a message by its id, whatever became of the job that it was stored in: as a job of its own, among others, in a piece of a
 * divided job, or as its newest replay. One round trip or two for each of these steps.
 */
export async function locate(id: string, tools: StatusTools): Promise<Place> {
  const place = await look(id, tools);
  // It may have been on its way from one job to another.
  return place.kind === 'unknown' ? look(id, tools) : place;
}

async function look(id: string, tools: StatusTools): Promise<Place> {
  const [, base, count] = /^(.+)\.(\d{1,5})$/.exec(id) ?? [];
  const [own, shared] = await readSights(base === undefined ? [id] : [id, base], tools);
  const way = { origins: [], mayHaveArrived: false };
  const alone = await walk({ jobId: id, messageId: id, index: undefined, way }, own, tools, 0);
  if (alone.kind !== 'unknown' || base === undefined) return alone;
  return walk({ jobId: base, messageId: id, index: Number(count), way }, shared, tools, 0);
}

async function find(aim: Aim, tools: StatusTools, step: number): Promise<Place> {
  if (step > mostSteps) return unknown;
  const [sight] = await readSights([aim.jobId], tools);
  return walk(aim, sight, tools, step);
}

async function walk(aim: Aim, sight: Sight | undefined, tools: StatusTools, step: number): Promise<Place> {
  if (!sight) return unknown;
  const job = sight.isThere ? await readJob(sight, tools) : undefined;
  // It has just left, or nobody can read it.
  if (sight.isThere && !job && !sight.ended) return find(aim, tools, step + stepsOfAnotherLook);
  const seen = sight.ended ? atEnd(aim, sight, sight.ended, job) : beforeEnd(aim, sight, job);
  if (seen.kind === 'all') {
    const parts = await Promise.all(seen.aims.map((one) => find(one, tools, step + 1)));
    return { kind: 'divided', parts };
  }
  if (seen.kind !== 'next') return seen;
  const next = await find(seen.aim, tools, step + 1);
  return next.kind === 'unknown' ? seen.otherwise : next;
}

function beforeEnd(aim: Aim, sight: Sight, job: SendJob | undefined): Place | Next {
  if (!job) return withoutJob(aim, sight);
  const index = indexIn(aim, job.to.length, job.ids);
  if (index === 'none' || isLost(sight, index)) return unknown;
  const found = { ...aim.way, messageId: aim.messageId, sight, job, index };
  if (isCancelled(aim.jobId, job, sight, index)) return { ...found, kind: 'settled', end: 'cancelled' };
  const read = parseJournalText(sight.record.journal);
  if (!read.ok) return { ...found, kind: 'open', journal: unreadable };
  const { settled } = read.journal;
  if (settled?.end === 'split') return inPieces({ ...aim, index }, { sight, job, settled });
  if (settled) return { ...found, kind: 'settled', end: settled };
  return sight.isFinished ? unknown : { ...found, kind: 'open', journal: read.journal };
}

/** Nobody can tell whether it was sent, so it counts as that. */
const unreadable: Journal = { ...emptyJournal, resends: 1 };

const isLost = ({ record: { lost } }: Sight, index: number | undefined): boolean =>
  lost.includes(-1) || (index !== undefined && lost.includes(index));

function isCancelled(id: string, job: SendJob, { record }: Sight, index: number | undefined): boolean {
  if (index !== undefined) return record.cancelled.includes(index);
  return record.cancelled.length > 0 && jobOfRecord(id, job, record) === undefined;
}

/** The place of a message among those of a job, which may name them; `none` where it is not among them. */
function indexIn(
  { jobId, messageId, index }: Aim,
  messages: number,
  ids: readonly string[] | undefined,
): number | undefined | 'none' {
  if (index === undefined) return messages === 1 ? 0 : undefined;
  const place = ids ? ids.indexOf(messageId) : index;
  const isNamed = ids !== undefined || messages > 1 || messageId === jobId;
  return isNamed && place >= 0 && place < messages ? place : 'none';
}

/** Nothing lies there but perhaps a record: of a job that is yet to come, or one whose messages were all called off. */
function withoutJob(aim: Aim, sight: Sight): Place {
  const { way, messageId, parent } = aim;
  const { cancelled } = sight.record;
  const job = parent?.piece;
  const index = job ? indexIn(aim, job.to.length, job.ids) : aim.index;
  if (index === 'none') return unknown;
  const found = { ...way, messageId, sight, job, index };
  const isOff = index === undefined ? cancelled.length > 0 : cancelled.includes(index);
  if (isOff) return { ...found, kind: 'settled', end: 'cancelled' };
  return job && parent ? { ...found, kind: 'open', job, journal: emptyJournal, parent } : unknown;
}

function atEnd(aim: Aim, sight: Sight, ended: Ended, job: SendJob | undefined): Place | Next {
  const index = indexIn(aim, ended.n, ended.notes.ids);
  if (index === 'none') return unknown;
  if (ended.end === 'split') return inEndedPieces({ ...aim, index }, ended);
  const jobIndex = job && indexIn(aim, job.to.length, job.ids);
  const own = jobIndex === 'none' ? {} : { job, jobIndex };
  const { way, messageId } = aim;
  const place: Place = { ...way, kind: 'ended', messageId, sight, ended, index, ...own };
  const { replayedAs } = sight;
  if (replayedAs === undefined) return place;
  return { kind: 'next', aim: replayAim(aim, ended, index, replayedAs), otherwise: place };
}

/** A replay has the messages of its dead letter in their order. */
function replayAim({ messageId, way }: Aim, ended: Ended, index: number | undefined, jobId: string): Aim {
  const { origins, mayHaveArrived } = way;
  const isOne = ended.n === 1 || index === undefined;
  return {
    jobId,
    messageId: isOne ? jobId : `${jobId}.${index}`,
    index: isOne ? undefined : index,
    way: {
      origins: [...origins, messageId],
      mayHaveArrived: mayHaveArrived || ended.notes.mayHaveArrived === true,
    },
  };
}
