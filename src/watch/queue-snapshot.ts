import type { ChainableCommander } from 'ioredis';
import { uncertainKey } from '../bullmq/put-dead-letter.ts';
import { readStreamState } from '../events/group-states.ts';
import { type Lane, lanes } from '../message/lane.ts';
import { type JobState, type QueueLabel, queueLabels } from '../metrics/labels.ts';
import type { AccountSnapshot } from '../metrics/snapshot.ts';
import { isObject, isTime } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';
import { type AccountPlace, deadQueueName, keys, placeOf, queueName } from '../queue/names.ts';
import { parseJournalText } from '../queue/parse-journal.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { isOfAnotherType } from '../queue/redis-trouble.ts';
import {
  type CreditState,
  type CreditStore,
  createCreditStore,
} from '../worker/account/credit/credit-store.ts';
import { shownHold, stands } from '../worker/account/hold-steps.ts';
import { createHoldStore, type HoldStore } from '../worker/account/hold-store.ts';

export interface SnapshotOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  readonly now: () => number;
  /** Entries that a stream of events holds at most, about. */
  readonly maxEvents?: number;
}

/** What is read of one account. */
interface AccountSources {
  readonly place: AccountPlace;
  readonly holds: HoldStore;
  readonly credit: CreditStore;
}

/**
 * Reads all accounts' queues for a scrape. Per account it sends a fixed number of commands in a few round trips,
 * whatever the backlog: each is O(1).
 */
export function createQueueSnapshot({
  redis,
  prefix,
  accounts,
  now,
  maxEvents,
}: SnapshotOptions): () => Promise<readonly AccountSnapshot[]> {
  const sources = accounts.map((account): AccountSources => {
    const place = placeOf(redis, prefix, account);
    return { place, holds: createHoldStore(redis, place), credit: createCreditStore(redis, place) };
  });
  const forgetGone = createForgetting(redis);
  return () =>
    Promise.all(
      sources.map(async (source) => {
        const { place } = source;
        const dead = `${place.prefix}:${deadQueueName(place.account)}`;
        const [snapshot, stream] = await Promise.all([
          readAccount(redis, source, now()),
          readStreamState(redis, place),
          forgetGone(dead),
        ]);
        const limit = maxEvents === undefined ? {} : { limit: maxEvents };
        return { ...snapshot, ...(stream ? { events: { ...stream, ...limit } } : {}) };
      }),
    );
}

async function readAccount(
  redis: RedisClient,
  { place, holds, credit }: AccountSources,
  now: number,
): Promise<AccountSnapshot> {
  const { prefix, account } = place;
  const nameOf = (queue: QueueLabel): string =>
    queue === 'dead' ? deadQueueName(account) : queueName(account, queue);
  const pipeline = redis.pipeline();
  for (const queue of queueLabels) countStates(pipeline, `${prefix}:${nameOf(queue)}`);
  pipeline.hlen(uncertainKey(`${prefix}:${deadQueueName(account)}`));
  for (const lane of lanes) pipeline.lindex(`${prefix}:${queueName(account, lane)}:wait`, -1);
  const [answers, reports, stored, told] = await Promise.all([
    run(pipeline),
    readReports(redis, keys.reports(prefix, account), now),
    holds.read(),
    credit.read(),
  ]);
  const counts = answers.slice(0, queueLabels.length * stateCount).map(Number);
  const jobs = queueLabels.map(
    (queue, at) => [queue, named(counts.slice(at * stateCount, (at + 1) * stateCount))] as const,
  );
  const heads = lanes.map((lane, at) => ({ lane, id: answers.slice(-lanes.length)[at] as string | null }));
  const hold = shownHold(stored.record, stored.pausedLanes);
  return {
    account,
    jobs: Object.fromEntries(jobs) as AccountSnapshot['jobs'],
    uncertainOpen: Number(answers[queueLabels.length * stateCount]),
    ...reports,
    held: stands(hold) ? hold.reason : undefined,
    oldestWaitingMs: await waitingTimes(redis, { prefix, account, heads, now }),
    ...creditOf(told),
  };
}

/** What waits for reports, and how long the next question has been due; nothing where something else lies in its place. */
async function readReports(
  redis: RedisClient,
  key: string,
  now: number,
): Promise<Pick<AccountSnapshot, 'reportsWaiting' | 'reportsOverdueSeconds'>> {
  try {
    const [reportsWaiting, [, dueAt]] = await Promise.all([
      redis.zcard(key),
      redis.zrange(key, '0', '0', 'WITHSCORES'),
    ]);
    const overdueMs = dueAt === undefined ? 0 : Math.max(0, now - Number(dueAt));
    return { reportsWaiting, reportsOverdueSeconds: overdueMs / 1_000 };
  } catch (error) {
    if (isOfAnotherType(error)) return {};
    throw error;
  }
}

/** What was estimated when JetSMS was last asked: a scrape costs nothing more. */
function creditOf(told: CreditState | undefined): Partial<AccountSnapshot> {
  if (!told) return {};
  const { credit: creditLeft, waiting, forecast } = told;
  const { hoursLeft: creditHoursLeft } = forecast;
  const atThisRate = creditHoursLeft === undefined ? {} : { creditHoursLeft };
  return { creditLeft, waitingParts: waiting.parts, ...atThisRate };
}

/** Where BullMQ keeps the jobs of a state. */
const stateKeys: readonly (readonly [JobState, key: string, kind: 'list' | 'set'])[] = [
  ['waiting', 'wait', 'list'],
  ['prioritized', 'prioritized', 'set'],
  ['active', 'active', 'list'],
  ['delayed', 'delayed', 'set'],
  ['completed', 'completed', 'set'],
  ['failed', 'failed', 'set'],
];
const stateCount = stateKeys.length;

function countStates(pipeline: ChainableCommander, queue: string): void {
  for (const [, key, kind] of stateKeys) {
    if (kind === 'list') pipeline.llen(`${queue}:${key}`);
    else pipeline.zcard(`${queue}:${key}`);
  }
}

const named = (counts: readonly number[]): Partial<Record<JobState, number>> =>
  Object.fromEntries(stateKeys.map(([state], index) => [state, counts[index] ?? 0]));

interface Heads {
  readonly prefix: string;
  readonly account: string;
  /** The next job of each lane, if there is one. */
  readonly heads: readonly { readonly lane: Lane; readonly id: string | null }[];
  readonly now: number;
}

/** How long the next job of each lane has waited: it is the oldest, but for jobs that come back from a delay. */
async function waitingTimes(
  redis: RedisClient,
  { prefix, account, heads, now }: Heads,
): Promise<Partial<Record<Lane, number>>> {
  const waiting = heads.flatMap(({ lane, id }) => (id === null ? [] : [{ lane, id }]));
  if (waiting.length === 0) return {};
  const pipeline = redis.pipeline();
  for (const { lane, id } of waiting) {
    const queue = queueName(account, lane);
    pipeline.hmget(`${prefix}:${queue}:${id}`, 'timestamp', 'opts');
    pipeline.hmget(keys.record(prefix, queue, id), 'journal');
  }
  const found = (await run(pipeline)) as (string | null)[][];
  return Object.fromEntries(
    waiting.map(({ lane }, at) => {
      const fields = [...(found[2 * at] ?? []), ...(found[2 * at + 1] ?? [])];
      return [lane, Math.max(0, now - waitsSince(fields, now))];
    }),
  );
}

/** Since when a job could have been sent: a delay that was asked for, or a retry's, is no waiting. */
function waitsSince([timestamp, opts, journal]: readonly (string | null)[], now: number): number {
  // Gone between the two questions: somebody has just taken it.
  if (!timestamp) return now;
  const read = parseJournalText(journal ?? '');
  const notBefore = read.ok ? (read.journal.notBefore ?? 0) : 0;
  return Math.max(timeIn(Number(timestamp)) + timeIn(delayIn(opts)), notBefore);
}

function delayIn(opts: string | null | undefined): unknown {
  const options = readJson(opts);
  return isObject(options) && 'delay' in options ? options.delay : 0;
}

const timeIn = (value: unknown): number => (isTime(value) ? value : 0);

/** So many notes are looked at in one scrape. */
const notesALook = 50;

/**
 * Wipes the notes of uncertain dead letters that are no longer there: removed on the dashboard, or by a process
 * that was killed before it wiped the note. A few at a time, going round.
 */
function createForgetting(redis: RedisClient): (dead: string) => Promise<void> {
  const cursors = new Map<string, string>();
  return async (dead) => {
    const key = uncertainKey(dead);
    const [cursor, pairs] = await redis.hscan(key, cursors.get(dead) ?? '0', 'COUNT', notesALook);
    cursors.set(dead, cursor);
    const ids = pairs.filter((_, index) => index % 2 === 0);
    if (ids.length === 0) return;
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.exists(`${dead}:${id}`);
    const found = await run(pipeline);
    const gone = ids.filter((_, index) => found[index] === 0);
    if (gone.length > 0) await redis.hdel(key, ...gone);
  };
}
