import { setTimeout as pause } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisHost, SentinelAddress } from './redis-address.ts';
import type { RefusalReason } from './redis-refusals.ts';
import { moreTelling, noPrimary, readTrouble } from './redis-trouble.ts';

/** The Sentinels of an address, and how they are spoken to. */
export interface SentinelsPlace {
  readonly address: SentinelAddress;
  readonly tls: RedisOptions['tls'];
  /** How long one of them may take to answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** What knows where the primary is. */
export interface Sentinels {
  /**
   * Asks them, the one that answered last time first.
   * @throws what `noPrimary` makes, which says what each of them has answered
   */
  find(signal: AbortSignal): Promise<RedisHost>;
  /** What the first of them says has turned out wrong: another is asked first from now on. */
  distrust(): void;
}

/** The next Sentinel is asked when one has said nothing for so long: where its machine is gone, nobody waits for it. */
const nextAfterMs = 250;

export function createSentinels(place: SentinelsPlace): Sentinels {
  let order = place.address.sentinels;
  const toFront = (sentinel: RedisHost): void => {
    order = [sentinel, ...order.filter((one) => one !== sentinel)];
  };
  return {
    async find(signal) {
      const { sentinel, primary } = await askInTurn(order, place, signal);
      toFront(sentinel);
      return primary;
    },
    distrust() {
      order = [...order.slice(1), ...order.slice(0, 1)];
    },
  };
}

interface Answer {
  readonly sentinel: RedisHost;
  readonly primary: RedisHost;
}

/** The first answer that names a primary. */
async function askInTurn(
  order: readonly RedisHost[],
  place: SentinelsPlace,
  signal: AbortSignal,
): Promise<Answer> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  let before: Promise<unknown> = Promise.resolve();
  const asks = order.map((sentinel) => {
    const asked = before.then(() => askOne(sentinel, place, ended));
    const answered = asked.then((primary): Answer => {
      over.abort();
      return { sentinel, primary };
    });
    const failed = answered.catch(() => {}); // all of them are looked at together, below
    before = Promise.race([failed, pause(nextAfterMs, undefined, { ref: false })]);
    return answered;
  });
  try {
    return await Promise.any(asks);
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : [];
    throw troubleOf(order, errors, place.address.name);
  }
}

/** @throws why this Sentinel names no primary; undefined where it knows none of the name */
async function askOne(
  { host, port }: RedisHost,
  { address, tls, timeoutMs }: SentinelsPlace,
  signal: AbortSignal,
): Promise<RedisHost> {
  signal.throwIfAborted();
  const redis = new Redis({
    ...sentinelOptions({ address, tls, timeoutMs }),
    host,
    port,
    retryStrategy: null,
  });
  let heard: Error | undefined;
  redis.on('error', (error) => {
    heard = moreTelling(heard, error);
  });
  const end = (): void => redis.disconnect();
  signal.addEventListener('abort', end);
  try {
    const reply = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.name);
    return hostIn(reply);
  } catch (error) {
    throw heard ?? error;
  } finally {
    signal.removeEventListener('abort', end);
    redis.disconnect();
  }
}

/** How each connection to a Sentinel is made. */
export const sentinelOptions = ({
  address,
  tls,
  timeoutMs,
}: SentinelsPlace): Omit<RedisOptions, 'replyMapping'> => ({
  ...address.sentinelLogin,
  ...(address.family === undefined ? {} : { family: address.family }),
  ...(tls ? { tls } : {}),
  connectTimeout: timeoutMs,
  commandTimeout: timeoutMs,
  enableReadyCheck: false,
  // Nothing of Redis itself: ioredis would write to the app's output where a Sentinel has no such command.
  disableClientInfo: true,
});

const unknownName = 'knows no primary of this name';

function hostIn(reply: unknown): RedisHost {
  const [host, port] = Array.isArray(reply) ? reply.map(String) : [];
  if (host === undefined || host === '' || !/^\d{1,5}$/.test(port ?? ''))
    throw Object.assign(new Error(unknownName), { code: unknownName });
  return { host, port: Number(port) };
}

/** What each of them has said, and whether all that could be reached say the same: then waiting helps nobody. */
function troubleOf(order: readonly RedisHost[], errors: readonly unknown[], name: string): Error {
  const said = order.map((sentinel, index) => ({ sentinel, ...saidBy(errors[index]) }));
  const reasons = new Set(said.filter(({ isReached }) => isReached).map(({ reason }) => reason));
  const [reason] = reasons;
  const list = said.map(({ sentinel, word }) => `${sentinel.host}:${sentinel.port} ${word}`).join(', ');
  return noPrimary(
    `no Sentinel names the primary of ${name}: ${list}`,
    reasons.size === 1 ? reason : undefined,
  );
}

interface Said {
  /** Something that speaks was there. */
  readonly isReached: boolean;
  readonly reason?: RefusalReason;
  readonly word: string;
}

function saidBy(error: unknown): Said {
  if (error instanceof Error && 'code' in error && error.code === unknownName)
    return { isReached: true, reason: 'SENTINEL_NAME', word: unknownName };
  const trouble = readTrouble(error);
  if (trouble.kind !== 'refused') {
    const word =
      error instanceof Error && /timed out/.test(error.message) ? 'does not answer' : trouble.cause;
    return { isReached: false, word };
  }
  const { reason } = trouble;
  if (reason === 'NOT_REDIS') return { isReached: true, reason: 'NOT_SENTINEL', word: 'is no Sentinel' };
  const isLogin = reason === 'NOAUTH' || reason === 'WRONGPASS' || reason === 'NOPERM';
  return { isReached: true, reason: isLogin ? 'SENTINEL_LOGIN' : reason, word: `refuses (${reason})` };
}
