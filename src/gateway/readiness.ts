import type { RedisClient } from '../queue/redis-client.ts';
import { primariesOf } from '../queue/redis-nodes.ts';

/** What `/readyz` of the gateway says. */
export interface Readiness {
  readonly ready: boolean;
  readonly says: string;
}

/** Knows whether Redis answers. */
export interface ReadinessWatch {
  current(): Readiness;
  /** Red from here on, whatever Redis says. */
  stop(): void;
}

export interface ReadinessOptions {
  /** One that fails fast. */
  readonly redis: RedisClient;
  /** Told of every look. */
  readonly onRedis: (up: boolean) => void;
  /** From one look to the next. */
  readonly intervalMs?: number;
}

const lookEveryMs = 1_000;

/** Of a cluster every primary must answer: each has accounts. */
const pingAll = (redis: RedisClient): Promise<unknown> =>
  Promise.all(primariesOf(redis).map((node) => node.ping()));

/** Looks at Redis at an interval; red until it has answered once. */
export function watchReadiness({
  redis,
  onRedis,
  intervalMs = lookEveryMs,
}: ReadinessOptions): ReadinessWatch {
  let isUp = false;
  let isStopped = false;
  const look = async (): Promise<void> => {
    // What it fails with is in the log as `redis.error`.
    isUp = await pingAll(redis).then(
      () => true,
      () => false,
    );
    onRedis(isUp);
  };
  void look();
  const timer = setInterval(() => void look(), intervalMs);
  return {
    current() {
      if (isStopped) return { ready: false, says: 'it is being stopped' };
      return isUp ? { ready: true, says: 'Redis answers' } : { ready: false, says: 'Redis does not answer' };
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
