import { createHash } from 'node:crypto';
import { isShaped, isText, isTime } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';
import { installationPrefix, keys } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { WebhookEndpoint } from '../settings/settings.ts';

/** An endpoint that has said that it is gone (410). It counts for this address only: another one begins anew. */
interface Ended {
  readonly at: number;
  /** A hash of the address. */
  readonly url: string;
}

const isEnded = isShaped<Ended>({ at: isTime, url: isText });

/** Which endpoints have ended, for all processes. Every function rejects with what Redis said. */
export interface EndedEndpoints {
  /** Since when, epoch milliseconds; undefined where it takes events. */
  since(endpoint: WebhookEndpoint): Promise<number | undefined>;
  end(endpoint: WebhookEndpoint, at: number): Promise<void>;
  /** Switches it on again; false where it was not ended. */
  resume(name: string): Promise<boolean>;
}

export function endedEndpoints(redis: RedisClient, prefix: string): EndedEndpoints {
  const key = keys.webhooksEnded(installationPrefix(redis, prefix));
  return {
    async since({ name, url }) {
      const found = readJson(await redis.hget(key, name));
      return isEnded(found) && found.url === hashOf(url) ? found.at : undefined;
    },
    async end({ name, url }, at) {
      const ended: Ended = { at, url: hashOf(url) };
      await redis.hset(key, name, JSON.stringify(ended));
    },
    resume: async (name) => (await redis.hdel(key, name)) === 1,
  };
}

const hashOf = (url: string): string => createHash('sha256').update(url).digest('base64url');
