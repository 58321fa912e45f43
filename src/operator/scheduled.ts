import type { Lane } from '../message/lane.ts';
import { lanes } from '../message/lane.ts';
import { emptyJournal } from '../queue/journal.ts';
import { jobOfRecord } from '../queue/pieces.ts';
import type { SendJob } from '../queue/send-job.ts';
import { readJob, readSights, type Sight, type StatusTools } from '../status/sight.ts';
import { jobFacts, stateOfOpen } from '../status/status-of.ts';

/** A send job that waits for its time: one message, or all of one job of a campaign or an MMS. Times are epoch milliseconds. */
export interface ScheduledJob {
  /** The message's id, or that of a job of several (its messages are `id.0`, `id.1` and so on). */
  readonly id: string;
  readonly account: string;
  readonly lane: Lane;
  readonly sendAt: number;
  readonly deadlineAt: number;
  readonly enqueuedAt: number;
  readonly messages: number;
  readonly parts: number;
  readonly campaign?: string;
  readonly key?: string;
  /** The recipient, masked; of one message alone. */
  readonly to?: string;
}

/** What waits for its time, the next to leave first. */
export interface ScheduledPage {
  readonly jobs: readonly ScheduledJob[];
  /** There are more than were asked for. */
  readonly hasMore: boolean;
}

/** Looked at in one round trip. */
const pageSize = 200;
/** Of a lane: what waits for its next attempt lies among what is scheduled. */
const mostLookedAt = 20_000;

/** The next jobs of an account that wait for their time, the first to leave first; one more than the limit, if there are. */
export async function readScheduled(tools: StatusTools, limit: number): Promise<readonly ScheduledJob[]> {
  const byLane = await Promise.all(lanes.map((lane) => readLane(lane, tools, limit)));
  return byLane.flat().toSorted((one, other) => one.sendAt - other.sendAt);
}

async function readLane(lane: Lane, tools: StatusTools, limit: number): Promise<readonly ScheduledJob[]> {
  const found: ScheduledJob[] = [];
  for (let first = 0; first < mostLookedAt && found.length <= limit; first += pageSize) {
    const ids = await tools.queueOf(lane).getRanges(['delayed'], first, first + pageSize - 1, true);
    const sights = await readSights(ids, tools);
    const jobs = await Promise.all(sights.map((sight) => readScheduledJob(sight, tools)));
    found.push(...jobs.flatMap((job) => job ?? []));
    if (ids.length < pageSize) break;
  }
  return found;
}

async function readScheduledJob(sight: Sight, tools: StatusTools): Promise<ScheduledJob | undefined> {
  // What has been tried has a journal: it waits for its next attempt.
  if (!sight.isThere || sight.record.journal !== '') return undefined;
  const stored = await readJob(sight, tools);
  const job = stored && jobOfRecord(sight.id, stored, sight.record);
  if (!job || job.sendAt === undefined) return undefined;
  const { isBegun } = sight;
  const state = stateOfOpen({ job, journal: emptyJournal, isBegun, now: tools.now() });
  return state === 'scheduled' ? viewOf(sight.id, job, job.sendAt, tools.place.account) : undefined;
}

function viewOf(id: string, job: SendJob, sendAt: number, account: string): ScheduledJob {
  const { lane, deadlineAt, enqueuedAt, parts, campaign } = job;
  const messages = job.to.length;
  const { to, key } = jobFacts(job, messages === 1 ? 0 : undefined);
  return {
    ...{ id, account, lane, sendAt, deadlineAt, enqueuedAt, messages, parts },
    ...(campaign === undefined ? {} : { campaign }),
    ...(key === undefined ? {} : { key }),
    ...(to === undefined ? {} : { to }),
  };
}
