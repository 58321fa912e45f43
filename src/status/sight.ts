import { type Lane, lanes } from '../message/lane.ts';
import { daysKept, type Ended, endedKey, parseEnded } from '../queue/ended-state.ts';
import { emptyRecord, type JobRecord, parseRecord, recordFields } from '../queue/job-record.ts';
import { readJson } from '../queue/json.ts';
import { type AccountPlace, keys, queueName } from '../queue/names.ts';
import type { Queue } from '../queue/open-queue.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { parseSendJob, type SendJob } from '../queue/send-job.ts';

/** What looking for messages of one account needs of the world. */
export interface StatusTools {
  readonly redis: RedisClient;
  readonly place: AccountPlace;
  /** The queue of a lane. */
  readonly queueOf: (lane: Lane) => Queue;
  /** How long ends are remembered. */
  readonly keepStatusMs: number;
  /** Redis' time, epoch milliseconds. */
  readonly now: () => number;
  /** For those who look at many messages of one job: jobs that have been read, by their ids. */
  readonly read?: Map<string, SendJob>;
}

/** What lies in Redis under the id of one send job. */
export interface Sight {
  readonly id: string;
  /** Where its job lies, or else its record. */
  readonly lane: Lane;
  /** BullMQ has the job. */
  readonly isThere: boolean;
  readonly isFinished: boolean;
  readonly record: JobRecord;
  /** A request may be under way, or one was of which nobody has told. */
  readonly isBegun: boolean;
  /** What its messages came to, as far as it is remembered. */
  readonly ended: Ended | undefined;
  /** The id that its dead letter was replayed as. */
  readonly replayedAs: string | undefined;
}

type InLane = Pick<Sight, 'lane' | 'isThere' | 'isFinished' | 'record' | 'isBegun'>;

const perLane = 2;

/**
 * Looks at send jobs, all in one round trip; never at their data. A job is looked at before its end: one that vanishes in between
 * has left its end behind.
 */
export async function readSights(ids: readonly string[], tools: StatusTools): Promise<readonly Sight[]> {
  const { redis, place, queueOf, keepStatusMs, now } = tools;
  const { prefix, account } = place;
  const days = keepStatusMs === 0 ? [] : daysKept(now(), keepStatusMs);
  const pipeline = redis.pipeline();
  for (const id of ids) {
    for (const lane of lanes) {
      pipeline.hmget(queueOf(lane).toKey(id), 'timestamp', 'finishedOn');
      pipeline.hmget(recordKey(tools, lane, id), ...recordFields, 'begun', 'doubt');
    }
    pipeline.get(keys.replayed(prefix, account, id));
    for (const day of days) pipeline.hget(endedKey(place, id, day), id);
  }
  const replies = await run(pipeline);
  const perId = perLane * lanes.length + 1 + days.length;
  return ids.map((id, at) => sightOf(id, replies.slice(at * perId, (at + 1) * perId)));
}

/** Where the record of a job lies. */
export const recordKey = (
  { place: { prefix, account } }: Pick<StatusTools, 'place'>,
  lane: Lane,
  id: string,
): string => keys.record(prefix, queueName(account, lane), id);

function sightOf(id: string, replies: readonly unknown[]): Sight {
  const seen = lanes.map((lane, at) => inLane(lane, replies.slice(at * perLane, (at + 1) * perLane)));
  const [replayedAs, ...ends] = replies.slice(perLane * lanes.length).map(textOf);
  const text = ends.find((end) => end !== undefined);
  // Replays of one letter into two lanes have one id: that one which was added in vain is not the message.
  const found =
    seen.find(({ isThere, record }) => isThere && !record.lost.includes(-1)) ??
    seen.find(({ isThere }) => isThere) ??
    seen.find(({ record }) => record.seen !== emptyRecord.seen || record.journal !== '') ??
    nowhere;
  return { ...found, id, ended: text === undefined ? undefined : parseEnded(text), replayedAs };
}

const nowhere: InLane = {
  lane: 'transactional',
  isThere: false,
  isFinished: false,
  record: emptyRecord,
  isBegun: false,
};

function inLane(lane: Lane, [job, fields]: readonly unknown[]): InLane {
  const [timestamp, finishedOn] = listOf(job);
  const all = listOf(fields);
  const [begun, doubt] = all.slice(recordFields.length);
  return {
    lane,
    isThere: timestamp !== undefined,
    isFinished: finishedOn !== undefined,
    record: parseRecord(all),
    isBegun: begun === '1' || doubt === '1',
  };
}

/** The send job under an id, at its present times; undefined where BullMQ has it no more, or nobody can read it. */
export async function readJob(sight: Sight, tools: StatusTools): Promise<SendJob | undefined> {
  const { redis, queueOf, read } = tools;
  const key = queueOf(sight.lane).toKey(sight.id);
  const known = read?.get(key);
  const job = known ?? (await readStored(redis, key));
  if (job) read?.set(key, job);
  return job && { ...job, ...sight.record.moved };
}

async function readStored(redis: RedisClient, key: string): Promise<SendJob | undefined> {
  const parsed = parseSendJob(readJson((await redis.hget(key, 'data')) ?? ''));
  return parsed.ok ? parsed.job : undefined;
}

const listOf = (reply: unknown): readonly (string | undefined)[] =>
  Array.isArray(reply) ? reply.map(textOf) : [];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
