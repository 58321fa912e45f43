import { keys, placeOf } from './names.ts';
import { run } from './pipeline.ts';
import type { RedisClient } from './redis-client.ts';
import { notConfirmed } from './redis-trouble.ts';

/** How many replicas must have what was written, and how long they are waited for. */
export interface Confirming {
  /** 0 = none is asked. */
  readonly replicas: number;
  /** The longest that Redis waits for them, in milliseconds. */
  readonly timeoutMs: number;
}

/** Asks whether replicas have what a connection has written. */
export interface Confirmation {
  /**
   * Asks about everything that this connection has written, up to the moment of the call, for the account: right behind a write
   * that was just issued it costs no round trip of its own.
   * @throws what `notConfirmed` makes
   */
  behind(account: string): Promise<void>;
  /**
   * Carries out a piece of work, and asks about it.
   * @throws what the work throws; what `notConfirmed` makes
   */
  of<T>(account: string, work: () => Promise<T>): Promise<T>;
}

/** How long the key is kept that is written with each question; it holds nothing. */
const keyMs = 60_000;

/**
 * WAIT holds up whatever comes behind it on its connection. So one is asked at a time for each account, and answers all who
 * have written before it was asked.
 *
 * With each goes a write of its own: Redis answers a connection that has written nothing that all replicas have it. In one
 * pipeline, because in a cluster the key leads it to the node of the account, and because a pipeline that is cut off between
 * the two is not sent again by ioredis.
 */
export function createConfirmation(
  redis: RedisClient,
  { prefix, replicas, timeoutMs }: Confirming & { readonly prefix: string },
): Confirmation {
  const rounds = new Map<string, Rounds>();

  const ask = async (account: string): Promise<void> => {
    const pipeline = redis
      .pipeline()
      .set(keys.confirm(placeOf(redis, prefix, account).prefix, account), '', 'PX', keyMs);
    const [, count] = await run(pipeline.wait(replicas, timeoutMs)).catch((cause: unknown) => {
      throw notConfirmed('not known of how many replicas', cause);
    });
    if (typeof count !== 'number' || count < replicas)
      throw notConfirmed(`${String(count)} of ${replicas} replicas`, undefined);
  };
  /** The question that is asked next, or now. */
  const round = (account: string): Promise<void> => {
    const own = rounds.get(account) ?? {};
    rounds.set(account, own);
    if (own.next !== undefined) return own.next;
    if (own.now === undefined) {
      own.now = ask(account).finally(() => {
        own.now = undefined;
      });
      return own.now;
    }
    own.next = own.now
      .catch(() => {}) // told to those who asked then
      .then(() => {
        own.next = undefined;
        return round(account);
      });
    return own.next;
  };
  /** What was written by another connection may lie on a server that is no longer the primary. */
  const byOne = async (account: string, connection: unknown): Promise<void> => {
    await round(account);
    if (connectionOf(redis) !== connection)
      throw notConfirmed('the connection was lost meanwhile', undefined);
  };
  return {
    behind: (account) => byOne(account, connectionOf(redis)),
    async of(account, work) {
      const connection = connectionOf(redis);
      const result = await work();
      await byOne(account, connection);
      return result;
    },
  };
}

interface Rounds {
  now?: Promise<void> | undefined;
  next?: Promise<void> | undefined;
}

/** A cluster has a connection for each node: what becomes of the account's is not seen. */
const connectionOf = (redis: RedisClient): unknown => ('stream' in redis ? redis.stream : undefined);
