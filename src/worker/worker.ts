import { hostname } from 'node:os';
import type { ConfirmedBegin } from '../bullmq/confirmed-begin.ts';
import { wayKey } from '../jetsms/connector.ts';
import { openWorkerRedis } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import { isCluster } from '../queue/redis-nodes.ts';
import type { AccountSettings } from '../settings/account.ts';
import { redisTargetOf } from '../settings/redis-target.ts';
import type { Settings } from '../settings/settings.ts';
import { createEndpointBreaker, type EndpointBreaker } from './account/breaker.ts';
import { type AccountWorker, createAccountWorker } from './account-worker.ts';
import { type ClockGuard, type ClockState, createClockGuard } from './clock-guard.ts';
import type { Telemetry } from './telemetry.ts';

/** Delivers the messages of all accounts of one process. */
export interface DeliveryWorker {
  readonly name: string;
  readonly redis: RedisClient;
  readonly accounts: readonly AccountWorker[];
  /** Epoch milliseconds by Redis' clock: what is written to Redis and compared by others. */
  readonly now: () => number;
  /** Whether this machine's clock agrees with Redis'. */
  readonly clockGuard: Pick<ClockGuard, 'state'>;
  /**
   * Begins to take jobs. Resolves when the clocks have been compared and every account's queue has been looked at
   * once. Where this machine's clock is wrong nothing is taken until it is right.
   */
  start(): Promise<void>;
  /**
   * Takes nothing new, gives back what has not left, waits for the requests under way, and closes all
   * connections. It may wait for as long as Redis is away: the caller sets the limit. Asked again, it
   * is the same close.
   */
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** Read with the needs `redis` and `credentials`. */
  readonly settings: Settings;
  readonly telemetryOf: (account: AccountSettings) => Telemetry;
  /** Names this process; default host name and process id. */
  readonly name?: string;
  /** Epoch milliseconds; default Redis' time. */
  readonly now?: () => number;
  /** Told when this machine's clock turns out wrong, so that nothing is taken, and when it is right again. */
  readonly onClock?: (clock: ClockState) => void;
  /** 0 ≤ random < 1 */
  readonly random?: () => number;
}

/** Builds a worker for all accounts of the settings; nothing happens before `start()`. */
export function createWorker(options: WorkerOptions): DeliveryWorker {
  const { settings, telemetryOf, random = Math.random } = options;
  const name = options.name ?? `${hostname()}-${process.pid}`;
  const redis = openWorkerRedis(redisTargetOf(settings));
  const telemetries = new Map(
    [...settings.accounts.values()].map((account) => [account, telemetryOf(account)]),
  );
  const onError = (error: unknown): void => {
    for (const telemetry of telemetries.values()) telemetry.redis(error);
  };
  redis.on('error', onError);
  const clock = createRedisClock(redis, { onError });
  const { now = clock.now } = options;
  const clockGuard = createClockGuard({
    clock,
    maxSkewMs: settings.maxClockSkewMs,
    onError,
    onChange(state) {
      for (const account of accounts) account.standStill(!state.isRight);
      // A breaker reads the system's clock: one that opened while that was ahead would stay open for as long.
      if (state.isRight) for (const breaker of breakers.values()) breaker.reset();
      options.onClock?.(state);
    },
  });
  const confirming = confirmedBegin(redis, settings);
  confirming?.redis.on('error', onError);
  const breakers = new Map<string, EndpointBreaker>();
  const accounts = [...telemetries].map(([account, telemetry]) => {
    // Another way to the same address is another endpoint: one proxy may be down while another works.
    const endpoint = wayKey(account.url, account);
    const breaker = breakers.get(endpoint) ?? breakerOf(account);
    breakers.set(endpoint, breaker);
    const shared = { settings, redis, confirming, name, now, random, clockState: clockGuard.state };
    return createAccountWorker({ ...shared, account, breaker, telemetry });
  });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    clockGuard.stop();
    await Promise.all(accounts.map((account) => account.close()));
    confirming?.redis.disconnect();
    redis.disconnect();
  };
  return {
    name,
    redis,
    accounts,
    now,
    clockGuard,
    async start() {
      await clockGuard.start();
      await Promise.all(accounts.map((account) => account.start()));
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Our choice: far longer than replicas take that are there, and short enough to see soon that one is not. */
const replicasTimeoutMs = 500;

/** The connection by which beginnings are confirmed, where replicas are asked at all. */
function confirmedBegin(redis: RedisClient, { replicasToConfirm }: Settings): ConfirmedBegin | undefined {
  if (replicasToConfirm === 0) return undefined;
  return {
    redis: isCluster(redis) ? redis.duplicate() : redis.duplicate(),
    replicas: replicasToConfirm,
    timeoutMs: replicasTimeoutMs,
  };
}

/** Half open a little before a probe is due, so that the probe itself is not turned away. */
const breakerOf = ({ unreachableAfter, probeIntervalMs }: AccountSettings): EndpointBreaker =>
  createEndpointBreaker({ failuresInRow: unreachableAfter, halfOpenAfterMs: probeIntervalMs / 2 });
