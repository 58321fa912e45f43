import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { openWorkerRedis } from '../queue/redis.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';
import { type AccountWorker, createAccountWorker } from './account-worker.ts';
import { createEndpointBreaker, type EndpointBreaker } from './breaker.ts';
import type { Telemetry } from './telemetry.ts';

/** Delivers the messages of all accounts of one process. */
export interface DeliveryWorker {
  readonly name: string;
  readonly redis: Redis;
  readonly accounts: readonly AccountWorker[];
  /** Begins to take jobs. Resolves when every account's queue has been looked at once. */
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
  readonly now?: () => number;
  /** 0 ≤ random < 1 */
  readonly random?: () => number;
}

/** Builds a worker for all accounts of the settings; nothing happens before `start()`. */
export function createWorker(options: WorkerOptions): DeliveryWorker {
  const { settings, telemetryOf, now = Date.now, random = Math.random } = options;
  const name = options.name ?? `${hostname()}-${process.pid}`;
  const redis = openWorkerRedis(settings.redisUrl);
  const breakers = new Map<string, EndpointBreaker>();
  const accounts = [...settings.accounts.values()].map((account) => {
    const breaker = breakers.get(account.url) ?? breakerOf(account);
    breakers.set(account.url, breaker);
    const telemetry = telemetryOf(account);
    redis.on('error', (error) => telemetry.redis(error));
    return createAccountWorker({ settings, account, redis, breaker, telemetry, name, now, random });
  });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await Promise.all(accounts.map((account) => account.close()));
    redis.disconnect();
  };
  return {
    name,
    redis,
    accounts,
    async start() {
      await Promise.all(accounts.map((account) => account.start()));
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Half open a little before a probe is due, so that the probe itself is not turned away. */
const breakerOf = ({ unreachableAfter, probeIntervalMs }: AccountSettings): EndpointBreaker =>
  createEndpointBreaker({ failuresInRow: unreachableAfter, halfOpenAfterMs: probeIntervalMs / 2 });
