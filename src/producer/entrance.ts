import type { RedisClient } from '../queue/redis-client.ts';
import { moreTelling, redisNotReady } from '../queue/redis-trouble.ts';
import type { Waiting } from './patience.ts';

/**
 * Written and not answered at a time. Further calls wait in the process, where it is certain that they have not
 * left; far more than it takes to keep Redis busy.
 */
const mostUnderWay = 1_000;

/** Where calls wait until Redis takes commands and not too many are under way. */
export interface Entrance {
  /** @throws what `redisNotReady` makes, when Redis has been silent for too long */
  enter(waiting: Waiting): Promise<void>;
  /** A call that was let in is answered or given up. */
  leave(): void;
  /** The server has turned into a replica: nobody enters until there is a new connection. */
  shut(): void;
}

export function createEntrance(redis: RedisClient): Entrance {
  const entering = new Set<() => void>();
  let underWay = 0;
  let isShut = false;
  let lastError: Error | undefined;

  const mayEnter = (): boolean => redis.status === 'ready' && !isShut && underWay < mostUnderWay;
  const letIn = (): void => {
    if (!mayEnter()) return;
    for (const enter of entering) {
      entering.delete(enter);
      underWay += 1;
      enter();
      if (!mayEnter()) return;
    }
  };
  redis.on('error', (error) => {
    lastError = moreTelling(lastError, error);
  });
  redis.on('ready', () => {
    lastError = undefined;
    isShut = false;
    letIn();
  });

  return {
    enter: (waiting) =>
      new Promise((resolve, reject) => {
        entering.add(resolve);
        waiting.onSilence = () => {
          if (entering.delete(resolve)) reject(redisNotReady('Redis takes no commands', lastError));
        };
        letIn();
      }),
    leave() {
      underWay -= 1;
      // What is under way is answered first: broken off, it would be in doubt.
      if (isShut && underWay === 0) redis.disconnect(true);
      // By the half, since finding the first of a Set is slow where many were taken out before it.
      if (underWay <= mostUnderWay / 2) letIn();
    },
    shut() {
      // To a node's successor a cluster's connection leads by itself.
      isShut = !redis.isCluster;
    },
  };
}
