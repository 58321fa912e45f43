import type { Consumer } from '../bullmq/consumer.ts';
import type { Lane } from '../message/lane.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { AccountWorker } from '../worker/account-worker.ts';
import type { ClockGuard, ClockState } from '../worker/clock-guard.ts';
import { createRounds } from '../worker/rounds.ts';
import { readEviction } from './eviction.ts';
import {
  type ConsumerFacts,
  type HealthCheck,
  isMendedByRestart,
  judgeHealth,
  type RedisAnswer,
} from './health-judge.ts';
import { createHealthQuestion, type Line } from './health-question.ts';
import type { Replication } from './replication.ts';

/** How a worker is. What `/readyz` shows; no secret is in it. */
export interface Health {
  readonly ready: boolean;
  /** Since when it is as it is, epoch milliseconds. */
  readonly since: number;
  readonly checks: readonly HealthCheck[];
}

/** Looks after a worker for as long as it runs. */
export interface HealthWatch {
  /** As of the latest look. */
  current(): Health;
  /** Looks once, now. */
  look(): Promise<void>;
  /** Looks now, and from then on again and again. Resolves after the first look. */
  start(): Promise<void>;
  /** Red from now on, since the worker shuts down; looks no more. */
  stop(): void;
}

export interface HealthWatchOptions extends HealthListeners {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** The worker's name. */
  readonly name: string;
  readonly accounts: readonly AccountWorker[];
  readonly lockDurationMs: number;
  /** Without so many replicas nothing is sent. */
  readonly replicasToConfirm?: number;
  readonly clockGuard: Pick<ClockGuard, 'state'>;
  /** Red for so long in a row, for more than a wrong clock: `onRedTooLong` is called, once. 0 = never. */
  readonly exitAfterMs: number;
  readonly everyMs?: number;
  /** Redis must answer within this time. */
  readonly answerWithinMs?: number;
  /** Without a sign of life for so long, a consumer counts as stuck; above the 11 s that BullMQ may wait for a job. */
  readonly stuckAfterMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Milliseconds by a clock that never jumps. */
  readonly clock?: () => number;
}

export interface HealthListeners {
  /** Told after every look, and once more at the end. */
  readonly onChecks?: (checks: readonly HealthCheck[]) => void;
  /** Told after every look. */
  readonly onRedis?: (state: RedisState) => void;
  /** Told after every look. */
  readonly onClock?: (state: ClockState) => void;
  /** Told when it turns red or green. */
  readonly onChange?: (health: Health) => void;
  readonly onRedTooLong: (health: Health) => void;
}

/** For the metrics. */
export interface RedisState {
  readonly up: boolean;
  /** Undefined where Redis did not say. */
  readonly evicting?: boolean;
  /** Undefined where Redis did not say, or is no primary. */
  readonly replication?: Replication | undefined;
}

export function createHealthWatch(options: HealthWatchOptions): HealthWatch {
  const { accounts, everyMs = 2_000, answerWithinMs = 2_000, stuckAfterMs = 30_000 } = options;
  const { now = Date.now, clock = () => performance.now() } = options;
  const ask = createHealthQuestion({
    ...options,
    answerWithinMs,
    accounts: accounts.map(({ account }) => account.name),
  });
  const patience = createPatience(options.exitAfterMs, clock);
  let heads: ReadonlyMap<string, Head> = new Map();
  let health: Health = { ready: false, since: now(), checks: [] };
  let changedAt = clock();

  const become = (ready: boolean, checks: readonly HealthCheck[]): boolean => {
    const isChange = ready !== health.ready;
    if (isChange) changedAt = clock();
    // Estimated anew each time: before Redis has told its time, `now()` may be far off.
    health = { ready, since: Math.round(now() - (clock() - changedAt)), checks };
    return isChange;
  };

  const look = async (): Promise<void> => {
    const { redis, lines } = await ask();
    if (rounds.isStopped()) return;
    heads = headsOf(lines ?? [], heads, clock());
    const consumers = accounts.flatMap((worker) =>
      worker.consumers.map((consumer) => consumerFacts(worker, consumer, heads, options)),
    );
    const clockState = options.clockGuard.state();
    const facts = { redis, clockState, consumers, stuckAfterMs, clock: clock() };
    const checks = judgeHealth({ ...facts, replicasToConfirm: options.replicasToConfirm ?? 0 });
    const ready = checks.every(({ ok }) => ok);
    options.onRedis?.(stateOf(redis));
    options.onClock?.(clockState);
    options.onChecks?.(checks);
    if (become(ready, checks)) options.onChange?.(health);
    if (patience.isOver(isMendedByRestart(checks))) options.onRedTooLong(health);
  };
  const rounds = createRounds(look, everyMs);

  return {
    current: () => health,
    look,
    start: rounds.start,
    stop() {
      rounds.stop();
      const closing = { check: 'consuming', ok: false, says: 'is shutting down' } as const;
      const checks = accounts.map(({ account }) => ({ ...closing, account: account.name }));
      become(false, checks);
      options.onChecks?.(checks);
    },
  };
}

/** The job that is first in line though nothing holds the queue back, and since when. */
interface Head {
  readonly id: string;
  readonly since: number;
}

const placeOf = (account: string, lane: Lane): string => `${account} ${lane}`;

function headsOf(
  lines: readonly Line[],
  before: ReadonlyMap<string, Head>,
  clock: number,
): ReadonlyMap<string, Head> {
  return new Map(
    lines.flatMap(({ account, lane, first, isHeldBack }) => {
      if (!first || isHeldBack) return [];
      const place = placeOf(account, lane);
      const known = before.get(place);
      return [[place, known?.id === first ? known : { id: first, since: clock }] as const];
    }),
  );
}

function consumerFacts(
  { account }: AccountWorker,
  consumer: Consumer,
  heads: ReadonlyMap<string, Head>,
  { lockDurationMs }: HealthWatchOptions,
): ConsumerFacts {
  const hasPace = account.messagesPerSecond > 0 || account.requestsPerSecond > 0;
  return {
    account: account.name,
    lane: consumer.lane,
    isRunning: consumer.isRunning(),
    isPaused: consumer.isPaused(),
    concurrency: consumer.concurrency,
    fullForMs: hasPace ? undefined : lockDurationMs,
    signs: consumer.signs(),
    passedOverSince: heads.get(placeOf(account.name, consumer.lane))?.since,
  };
}

function stateOf(redis: RedisAnswer): RedisState {
  if (redis.kind === 'no-answer') return { up: false };
  const eviction = readEviction(redis.evictionPolicy);
  const up = redis.refusal === undefined;
  const state = { up, replication: redis.replication };
  return eviction === 'unknown' ? state : { ...state, evicting: eviction === 'may' };
}

/** Says once that it has been red for too long in a row. */
function createPatience(limitMs: number, clock: () => number): { isOver(red: boolean): boolean } {
  let redSince: number | undefined = clock();
  let isSpent = limitMs === 0;
  return {
    isOver(red) {
      redSince = red ? (redSince ?? clock()) : undefined;
      if (isSpent || redSince === undefined || clock() - redSince < limitMs) return false;
      isSpent = true;
      return true;
    },
  };
}
