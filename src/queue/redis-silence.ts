import type { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';
import { isCluster } from './redis-nodes.ts';
import { isSilence, silentServer } from './redis-trouble.ts';

/** What listens at the other end of a connection that is being made, as far as it can be told from outside. */
export interface SilenceWatch {
  /** Whether all that is known of it is that it has not said a word. */
  isSilent(lastError: Error | undefined): boolean;
  /** The error that tells most of it. */
  moreTelling(lastError: Error | undefined): Error | undefined;
  stop(): void;
}

/** Errors of a connection that somebody may have taken, but for which nothing came. */
const silentCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Watches whether anything comes, from now on. */
export const watchSilence = (redis: RedisClient): SilenceWatch =>
  isCluster(redis) ? silenceOfNodes : watchOne(redis);

/** A cluster's connection says by itself what its nodes say. */
const silenceOfNodes: SilenceWatch = {
  isSilent: (lastError) => lastError === undefined || isSilence(lastError),
  moreTelling: (lastError) => lastError,
  stop() {},
};

function watchOne(redis: Redis): SilenceWatch {
  let isTaken = false;
  let isClosed = false;
  let hasSpoken = false;
  const onData = (): void => {
    hasSpoken = true;
  };
  const onConnect = (): void => {
    isTaken = true;
    redis.stream.once('data', onData);
  };
  const onClose = (): void => {
    isClosed = isTaken;
  };
  redis.on('connect', onConnect).on('close', onClose);
  if (redis.status === 'connect') onConnect();

  const isSilent = (lastError: Error | undefined): boolean =>
    !hasSpoken && (lastError === undefined || silentCodes.has(codeOf(lastError)));
  return {
    isSilent,
    moreTelling(lastError) {
      if (!isSilent(lastError) || codeOf(lastError) === 'ETIMEDOUT') return lastError;
      if (isClosed || lastError !== undefined) return silentServer('it closes connections without a word');
      return isTaken ? silentServer('it takes connections and says nothing') : undefined;
    },
    stop() {
      redis.off('connect', onConnect).off('close', onClose);
    },
  };
}

const codeOf = (error: Error | undefined): unknown => (error && 'code' in error ? error.code : undefined);
