import type { Ended } from '../queue/ended-state.ts';
import { emptyRecord } from '../queue/job-record.ts';
import { messageIdAt } from '../queue/send-job.ts';
import { type Place, unknown } from '../status/place.ts';
import type { Sight } from '../status/sight.ts';
import { type AccountMemory, type FoundJob, findStored, type KeptEnd, type StoredJob } from './memory.ts';

/** Where a message stands that was stored in memory, as `locate()` says it of one in Redis. */
export function placeOf(memory: AccountMemory, id: string, now: number): Place {
  const found = findStored(memory, id);
  if (!found) return unknown;
  return found.index === undefined
    ? placeOfAll(found.stored, now)
    : placeOfOne(found.stored, found.index, now);
}

/** The places of a job's messages that are stored. */
export const indicesOf = ({ stored, index }: FoundJob): readonly number[] =>
  index === undefined ? stored.messages.flatMap((message, at) => (message ? [at] : [])) : [index];

const isKept = ({ until }: KeptEnd, now: number): boolean => until > now;

function placeOfAll(stored: StoredJob, now: number): Place {
  const { id, job, messages, end } = stored;
  if (end) return isKept(end, now) ? endedPlace(stored, undefined, end) : unknown;
  // Those that were called off change nothing of the job that the others go with.
  const others = messages.filter((message) => message && !message.end?.isCalledOff);
  const [first] = others;
  if (!first) return unknown;
  if (!others.some((message) => message?.end))
    return { kind: 'open', ...foundAt(stored, id), job, journal: first.journal, index: undefined };
  const parts = indicesOf({ stored, index: undefined }).map((index) => placeOfOne(stored, index, now));
  return { kind: 'divided', parts };
}

function placeOfOne(stored: StoredJob, index: number, now: number): Place {
  const { id, job, messages } = stored;
  const message = messages[index];
  if (!message) return unknown;
  const { end, journal } = message;
  if (!end) return { kind: 'open', ...foundAt(stored, messageIdAt(id, job, index)), job, journal, index };
  return isKept(end, now) ? endedPlace(stored, index, end) : unknown;
}

function endedPlace(stored: StoredJob, index: number | undefined, end: KeptEnd): Place {
  const { id, job, messages } = stored;
  const messageId = index === undefined ? id : messageIdAt(id, job, index);
  const indexInEnd = index === undefined ? undefined : messages[index]?.indexInEnd;
  const place = { kind: 'ended', ...foundAt(stored, messageId, end.ended), ended: end.ended } as const;
  // Redis has the job no more once its messages were called off.
  if (end.isCalledOff) return { ...place, index: indexInEnd };
  return { ...place, index: indexInEnd, job, jobIndex: index };
}

function foundAt({ id, job }: StoredJob, messageId: string, ended?: Ended) {
  const sight: Sight = {
    id,
    lane: job.lane,
    isThere: true,
    isFinished: ended !== undefined,
    record: emptyRecord,
    isBegun: false,
    ended,
    replayedAs: undefined,
  };
  return { messageId, sight, origins: [], mayHaveArrived: false };
}
