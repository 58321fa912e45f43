import type { ChainableCommander, Redis } from 'ioredis';
import { uncertainKey } from '../bullmq/put-dead-letter.ts';
import { type Lane, lanes } from '../message/lane.ts';
import type { JobState } from '../metrics/labels.ts';
import type { AccountSnapshot, Collect } from '../metrics/metrics.ts';
import { isObject, isTime } from '../queue/checks.ts';
import { lanePriority } from '../queue/job-options.ts';
import { readJson } from '../queue/json.ts';
import { deadQueueName, queueName } from '../queue/names.ts';
import { parseJournalText } from '../queue/parse-journal.ts';
import { run } from '../queue/pipeline.ts';
import {
  type CreditState,
  type CreditStore,
  createCreditStore,
} from '../worker/account/credit/credit-store.ts';
import { shownHold, stands } from '../worker/account/hold-steps.ts';
import { createHoldStore, type HoldStore } from '../worker/account/hold-store.ts';

export interface SnapshotOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  readonly now: () => number;
}

/** The queues of one account, by their full names in Redis. */
interface AccountQueues {
  readonly account: string;
  readonly main: string;
  readonly dead: string;
  readonly holds: HoldStore;
  readonly credit: CreditStore;
}

/**
 * Reads all accounts' queues for a scrape. Per account it sends a fixed number of commands in a few round trips,
 * whatever the backlog: they are O(1), but for the one that finds the next job of a lane, which is O(log n).
 */
export function createQueueSnapshot({ redis, prefix, accounts, now }: SnapshotOptions): Collect {
  const queues = accounts.map(
    (account): AccountQueues => ({
      account,
      main: `${prefix}:${queueName(account)}`,
      dead: `${prefix}:${deadQueueName(account)}`,
      holds: createHoldStore(redis, { prefix, account }),
      credit: createCreditStore(redis, { prefix, account }),
    }),
  );
  const forgetGone = createForgetting(redis);
  return () =>
    Promise.all(
      queues.map(async (one) => {
        const [snapshot] = await Promise.all([readAccount(redis, one, now()), forgetGone(one.dead)]);
        return snapshot;
      }),
    );
}

async function readAccount(redis: Redis, queues: AccountQueues, now: number): Promise<AccountSnapshot> {
  const { account, main, dead, holds, credit } = queues;
  const pipeline = redis.pipeline();
  countStates(pipeline, main);
  countStates(pipeline, dead);
  pipeline.hlen(uncertainKey(dead));
  for (const lane of lanes) pipeline.zrangebyscore(`${main}:prioritized`, ...scoresOf(lane), 'LIMIT', 0, 1);
  const [answers, stored, told] = await Promise.all([run(pipeline), holds.read(), credit.read()]);
  const counts = answers.slice(0, 2 * stateCount).map(Number);
  const heads = answers.slice(-lanes.length) as string[][];
  const hold = shownHold(stored.record, stored.isPaused);
  return {
    account,
    main: named(counts.slice(0, stateCount)),
    dead: named(counts.slice(stateCount)),
    uncertainOpen: Number(answers[2 * stateCount]),
    held: stands(hold) ? hold.reason : undefined,
    oldestWaitingMs: await waitingTimes(redis, { main, heads, now }),
    ...creditOf(told),
  };
}

/** What was reckoned when JetSMS was last asked: a scrape costs nothing more. */
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

/** BullMQ 6.7.0 sorts waiting jobs by priority × 2^32 + a counter; a job that was put back has counter 0. */
const priorityStep = 2 ** 32;

const scoresOf = (lane: Lane): readonly [min: number, max: number] => [
  lanePriority[lane] * priorityStep,
  (lanePriority[lane] + 1) * priorityStep - 1,
];

interface Heads {
  readonly main: string;
  /** The next job of each lane, if there is one. */
  readonly heads: readonly (readonly string[])[];
  readonly now: number;
}

/** How long the next job of each lane has waited: it is the oldest, but for jobs that come back from a delay. */
async function waitingTimes(
  redis: Redis,
  { main, heads, now }: Heads,
): Promise<Partial<Record<Lane, number>>> {
  const waiting = lanes.flatMap((lane, index) => heads[index]?.map((id) => ({ lane, id })) ?? []);
  if (waiting.length === 0) return {};
  const pipeline = redis.pipeline();
  for (const { id } of waiting) pipeline.hmget(`${main}:${id}`, 'timestamp', 'opts', 'progress');
  const jobs = (await run(pipeline)) as (string | null)[][];
  return Object.fromEntries(
    waiting.map(({ lane }, index) => [lane, Math.max(0, now - waitsSince(jobs[index] ?? [], now))]),
  );
}

/** Since when a job could have been sent: a delay that was asked for, or a retry's, is no waiting. */
function waitsSince([timestamp, opts, progress]: readonly (string | null)[], now: number): number {
  // Gone between the two questions: somebody has just taken it.
  if (!timestamp) return now;
  const read = parseJournalText(progress ?? '');
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
function createForgetting(redis: Redis): (dead: string) => Promise<void> {
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
