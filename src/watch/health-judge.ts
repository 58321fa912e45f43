import type { ConsumerSigns } from '../bullmq/consumer.ts';
import type { Lane } from '../message/lane.ts';
import type { ClockState } from '../worker/clock-guard.ts';
import { judgeEviction } from './eviction.ts';
import { judgeReplication, type Replication } from './replication.ts';

/** One thing that was looked at. Says no number, no text and no secret. */
export interface HealthCheck {
  readonly check: 'redis' | 'eviction' | 'replicas' | 'clock' | 'consuming';
  readonly account?: string;
  readonly ok: boolean;
  readonly says: string;
}

/** What Redis answered: whether it takes writes, and its eviction policy. */
export type RedisAnswer =
  | {
      readonly kind: 'answer';
      readonly refusal: string | undefined;
      readonly evictionPolicy: string | undefined;
      /** Undefined where Redis did not say, or is no primary. */
      readonly replication?: Replication | undefined;
    }
  | { readonly kind: 'no-answer'; readonly why: string };

/** One lane of an account, and the consumer that should work on it. */
export interface ConsumerFacts {
  readonly account: string;
  readonly lane: Lane;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Jobs that it may hold at a time. */
  readonly concurrency: number;
  /** With a full pair of hands: it may stand still for so long. Undefined = for any time, as its pace demands. */
  readonly fullForMs: number | undefined;
  readonly signs: ConsumerSigns;
  /** Since when the same job has stood first in line though nothing holds the queue back; undefined = none. */
  readonly passedOverSince: number | undefined;
}

export interface HealthFacts {
  readonly redis: RedisAnswer;
  /** 0 = none need be there. */
  readonly replicasToConfirm?: number;
  readonly clockState: ClockState;
  readonly consumers: readonly ConsumerFacts[];
  /** Without a sign of life for so long, a consumer counts as stuck. */
  readonly stuckAfterMs: number;
  /** By the same clock as the signs. */
  readonly clock: number;
}

/** What to think of a worker: it is ready where every check is ok. */
export function judgeHealth({ redis, consumers, ...facts }: HealthFacts): readonly HealthCheck[] {
  const { clockState } = facts;
  const isWrong = clockState.skewMs !== undefined && !clockState.isRight;
  return [
    ...judgeAnswer(redis),
    ...judgeReplicas(redis, facts.replicasToConfirm ?? 0),
    judgeClock(clockState),
    ...byAccount(consumers).map((lanes) => (isWrong ? stands(lanes) : judgeConsumers(lanes, facts))),
  ];
}

/**
 * Whether a process that is started anew could be green where this one is red: it would find the same clock, so
 * nothing is gained by ending for that alone; nor for replicas that are missing.
 */
export function isMendedByRestart(checks: readonly HealthCheck[]): boolean {
  const red = checks.filter(({ ok, check }) => !ok && check !== 'replicas');
  const isClock = red.some(({ check }) => check === 'clock');
  return red.some(({ check }) => !isClock || check === 'redis' || check === 'eviction');
}

function judgeAnswer(redis: RedisAnswer): readonly HealthCheck[] {
  if (redis.kind === 'no-answer') return [{ check: 'redis', ok: false, says: redis.why }];
  const { refusal, evictionPolicy } = redis;
  // A Redis that does not say was warned of at the start, or is vouched for.
  const eviction = judgeEviction(evictionPolicy, false);
  return [
    refusal === undefined
      ? { check: 'redis', ok: true, says: 'Redis answers and takes writes' }
      : { check: 'redis', ok: false, says: `Redis refuses writes (${refusal})` },
    { check: 'eviction', ok: eviction.level !== 'error', says: eviction.says },
  ];
}

/** Looked at only where they must confirm. */
function judgeReplicas(redis: RedisAnswer, wanted: number): readonly HealthCheck[] {
  if (wanted === 0 || redis.kind === 'no-answer') return [];
  const { isEnough, says } = judgeReplication(redis.replication, wanted);
  return [{ check: 'replicas', ok: isEnough, says }];
}

function judgeClock({ isRight, skewMs, maxSkewMs }: ClockState): HealthCheck {
  if (skewMs === undefined) return { check: 'clock', ok: false, says: 'Redis has not told its time yet' };
  const words = `this machine's clock is ${skewWords(skewMs)} Redis'`;
  if (isRight) return { check: 'clock', ok: true, says: words };
  return { check: 'clock', ok: false, says: `${words}, more than maxClockSkewMs (${seconds(maxSkewMs)})` };
}

/** `12.3 s ahead of`, `0 s from`. */
function skewWords(skewMs: number): string {
  const tenths = Math.round(Math.abs(skewMs) / 100) / 10;
  if (tenths === 0) return '0 s from';
  return `${tenths} s ${skewMs > 0 ? 'ahead of' : 'behind'}`;
}

/** The consumers of one account, one for each lane. */
type Lanes = readonly [ConsumerFacts, ...ConsumerFacts[]];

function byAccount(consumers: readonly ConsumerFacts[]): readonly Lanes[] {
  const accounts = new Map<string, [ConsumerFacts, ...ConsumerFacts[]]>();
  for (const consumer of consumers) {
    const known = accounts.get(consumer.account);
    if (known) known.push(consumer);
    else accounts.set(consumer.account, [consumer]);
  }
  return [...accounts.values()];
}

const stands = ([{ account }]: Lanes): HealthCheck => ({
  check: 'consuming',
  account,
  ok: false,
  says: 'takes nothing until the clock is right',
});

interface Time {
  readonly stuckAfterMs: number;
  readonly clock: number;
}

/** An account is fine where each of its lanes is. */
function judgeConsumers(lanes: Lanes, time: Time): HealthCheck {
  const problems = lanes.flatMap((consumer) => {
    const problem = problemOf(consumer, time);
    return problem === undefined ? [] : [`lane ${consumer.lane} ${problem}`];
  });
  const inHand = lanes.reduce((sum, { signs }) => sum + signs.inHand, 0);
  const says = problems.length === 0 ? `takes jobs (${inHand} in hand)` : problems.join('; ');
  return { check: 'consuming', account: lanes[0].account, ok: problems.length === 0, says };
}

function problemOf(
  { isRunning, isPaused, concurrency, fullForMs, signs, passedOverSince }: ConsumerFacts,
  { stuckAfterMs, clock }: Time,
): string | undefined {
  const { askedAt, tookAt, movedAt, inHand } = signs;
  if (isPaused) return 'is paused in this process';
  if (!isRunning) return 'has stopped taking jobs';
  if (inHand >= concurrency) {
    const standsForMs = clock - movedAt;
    if (fullForMs === undefined || standsForMs < fullForMs) return undefined;
    return `holds ${inHand} jobs and has not been done with one for ${seconds(standsForMs)}`;
  }
  const silentForMs = clock - Math.max(askedAt, movedAt);
  if (silentForMs >= stuckAfterMs) return `has not asked for a job for ${seconds(silentForMs)}`;
  if (passedOverSince === undefined) return undefined;
  const ignoredForMs = clock - Math.max(passedOverSince, tookAt);
  return ignoredForMs < stuckAfterMs
    ? undefined
    : `has taken no job for ${seconds(ignoredForMs)} though one waits`;
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
