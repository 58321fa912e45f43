import { Redis, type RedisOptions } from 'ioredis';
import { forIoredis } from './redis-address.ts';
import { isRefusedForGood, isTurnedAway, moreTelling, readTrouble, redisNotReady } from './redis-trouble.ts';

const manyListeners = 1_000_000;

/**
 * A connection that has sent something and hears nothing for so long is given up, whatever the system thinks of it:
 * the machine behind it may have vanished. A worker's is longer than BullMQ may wait for a job, which is 11 s.
 */
const silenceMs = { producer: 5_000, worker: 20_000 } as const;

/**
 * A connection that leaves a server which has turned into a replica: after a failover behind one address the old
 * socket stays open, and only a new one leads to the new primary.
 */
class FollowingRedis extends Redis {
  #isLeaving = false;

  /** Once for each connection: a thousand commands that are turned away at once ask for it a thousand times. */
  override disconnect(reconnect = false): void {
    if (reconnect && this.#isLeaving) return;
    if (reconnect) {
      this.#isLeaving = true;
      this.once('close', () => {
        this.#isLeaving = false;
      });
    }
    super.disconnect(reconnect);
    if (!reconnect && this.status === 'reconnecting') this.#endBetweenConnections();
  }

  /**
   * Between two connections there is nothing whose closing would tell that this is the end, and whoever waits for that,
   * as BullMQ does, would wait for ever. A new connection that is given up before it begins tells.
   */
  #endBetweenConnections(): void {
    this.connect().catch(() => {}); // it fails by what the next line does to it: that is what tells the end
    super.disconnect();
  }

  /** BullMQ makes its blocking connections by this. */
  override duplicate(override: Partial<RedisOptions> = {}): Redis {
    // Spreading loses that none of ours asks for another form of replies.
    const options = { ...this.options, ...override } as RedisOptions & { readonly replyMapping: 'legacy' };
    return new FollowingRedis(options);
  }
}

/** A script is refused as a whole and can be sent again as it is; another command may be part of a transaction. */
function leaveAndSendAgain(error: Error & { readonly command?: { readonly name: string } }): 1 | 2 | false {
  if (!isTurnedAway(readTrouble(error))) return false;
  return /^eval(?:sha)?$/.test(error.command?.name ?? '') ? 2 : 1;
}

/**
 * Redis as a producer needs it: a command is written at once or fails, and is written once only, so that a refusal
 * is certain. How long an answer may take, and when to leave a server that has turned into a replica, the producer
 * sees to by itself.
 */
export function openProducerRedis(url: string, connectTimeoutMs: number): Redis {
  return new FollowingRedis(forIoredis(url), {
    enableOfflineQueue: false,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs.producer,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
}

/** Redis as a person's question needs it: an answer in time or an error, never a silent wait. */
export function openOperatorRedis(url: string, commandTimeoutMs: number): Redis {
  const redis = new FollowingRedis(forIoredis(url), {
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 1,
    reconnectOnError: (error) => isTurnedAway(readTrouble(error)),
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  // Every question that waits for Redis listens, and there may be any number of them. Not 0, which means no limit:
  // BullMQ adds its own to it, and the limit would be 3.
  redis.setMaxListeners(manyListeners);
  return redis;
}

/**
 * Redis as a worker needs it: it waits for Redis for as long as that takes. No command time limit, because
 * BullMQ's blocking connection is a duplicate of this one and would inherit it.
 */
export function openWorkerRedis(url: string): Redis {
  return new FollowingRedis(forIoredis(url), {
    maxRetriesPerRequest: null,
    socketTimeout: silenceMs.worker,
    reconnectOnError: leaveAndSendAgain,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
}

/**
 * Resolves when `redis` can take commands.
 * @throws what `redisNotReady` makes, after `timeoutMs`, or at once where waiting would not help
 */
export function whenReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    let lastError: Error | undefined;
    const onReady = (): void => {
      stop();
      resolve();
    };
    const onError = (error: Error): void => {
      lastError = moreTelling(lastError, error);
      if (isRefusedForGood(error)) giveUp();
    };
    const giveUp = (): void => {
      stop();
      reject(redisNotReady('Redis did not become ready', lastError));
    };
    const timer = setTimeout(giveUp, timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      redis.off('error', onError);
    };
    redis.on('ready', onReady);
    redis.on('error', onError);
  });
}
