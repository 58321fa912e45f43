import {
  type DeadLetterStore,
  type ReplayIds,
  type ReplayStart,
  replayMemoryMs,
} from '../../bullmq/dead-letter-store.ts';
import type { JobFinder } from '../../bullmq/find-job.ts';
import type { Lane } from '../../message/lane.ts';
import { uncertainWish, withoutAsking } from '../../message/uncertain.ts';
import type { AddJobs } from '../../queue/add-jobs.ts';
import { deadCount } from '../../queue/campaign.ts';
import type { DeadLetter } from '../../queue/dead-letter.ts';
import type { SendJob } from '../../queue/send-job.ts';
import { callRedis } from '../operator-error.ts';

/** A letter that is to be replayed, and how. */
export interface ReplayOrder {
  readonly id: string;
  readonly letter: DeadLetter;
  /** The letter's send job, read again. */
  readonly job: SendJob;
  /** `own` keeps the lane that the message had. */
  readonly lane: Lane | 'own';
  /** From now on; without it the message gets as long as it had at first. */
  readonly deadlineMs?: number | undefined;
}

/**
 * The id of a replay: `x` becomes `x.r1`, that one `x.r2`. It is the same however often, and by however many
 * people, the letter is replayed, and no two letters share one. All exactness rests on this. A piece of a
 * divided replay, `x.r1.p0`, begins a count of its own: its sisters have the same origin.
 */
export function replayIdOf({ id, job }: Pick<ReplayOrder, 'id' | 'job'>): string {
  const [, base, count] = (job.origin && /^(.+)\.r([1-9]\d*)$/.exec(id)) ?? [];
  return base === undefined ? `${id}.r1` : `${base}.r${Number(count) + 1}`;
}

/**
 * The send job of a replay: it begins anew, whatever the message had used up before. A message that was called
 * off with its campaign leaves it, or it would be called off again. What it wanted where it is uncertain stays, whatever
 * its new lane would do by itself.
 */
export function replayJobOf({ id, letter, job, lane, deadlineMs }: ReplayOrder, now: number): SendJob {
  const { before: _before, sendAt: _sendAt, ids: _ids, whenNotFound: _own, campaign, ...rest } = job;
  const newLane = lane === 'own' ? job.lane : lane;
  return {
    ...rest,
    ...(campaign === undefined || letter.reason === 'cancelled' ? {} : { campaign }),
    lane: newLane,
    ...uncertainWish({ lane: newLane, whenUncertain: job.whenUncertain, whenNotFound: withoutAsking(job) }),
    enqueuedAt: now,
    deadlineAt: now + (deadlineMs ?? job.deadlineAt - job.enqueuedAt),
    origin: { id, rootId: job.origin?.rootId ?? id, replay: (job.origin?.replay ?? 0) + 1 },
  };
}

export interface ReplayTools {
  readonly store: DeadLetterStore;
  readonly finder: Pick<JobFinder, 'queueOf'>;
  readonly addJobs: AddJobs;
  readonly now: () => number;
}

export type ReplayEnd = 'replayed' | 'replayed-before' | Exclude<ReplayStart, 'begun' | 'again'>;

/**
 * Replays one letter in three steps, each of which can be repeated after a crash: what it is replayed as is
 * written down, the new message is enqueued, the letter is taken away. Enqueueing twice changes nothing, even
 * after the first has been sent and forgotten: the claim on its id outlives its job.
 */
export async function replayDeadLetter(order: ReplayOrder, tools: ReplayTools): Promise<ReplayEnd> {
  const start = await beginReplay(order, tools, false);
  if (start !== 'begun' && start !== 'again') return start;
  if (start === 'begun') await enqueueReplay(order, tools);
  const removal = await tools.store.remove(order.id);
  if (removal === 'gone') return 'gone';
  return start === 'begun' ? 'replayed' : 'replayed-before';
}

/** Step 1; with `dryRun` only a look at whether it could be taken. */
export function beginReplay(
  order: ReplayOrder,
  { store }: Pick<ReplayTools, 'store'>,
  dryRun: boolean,
): Promise<ReplayStart> {
  const { id, letter } = order;
  const ids = { id, newId: replayIdOf(order), sourceId: letter.pieceOf ?? id };
  return store.beginReplay({ ...ids, counted: countedIn(order) }, dryRun);
}

function countedIn({ letter, job: { campaign, to } }: ReplayOrder): ReplayIds['counted'] {
  if (campaign === undefined || letter.reason === 'cancelled') return undefined;
  return { campaign, field: deadCount(letter), messages: to.length };
}

/** Step 2. The idempotency window of the first message has another key, so it does not stand in the way. */
export async function enqueueReplay(
  order: ReplayOrder,
  { finder, addJobs, now }: Pick<ReplayTools, 'finder' | 'addJobs' | 'now'>,
): Promise<void> {
  const job = replayJobOf(order, now());
  const newId = replayIdOf(order);
  const claims = [{ name: newId, value: newId, ttlMs: replayMemoryMs }];
  await callRedis(() => addJobs(finder.queueOf(job.lane), [{ id: newId, job, now: job.enqueuedAt, claims }]));
}
