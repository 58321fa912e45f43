import { hasMedia, readMedia } from '../../queue/media.ts';
import type { AccountPlace } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';

/** The media of one account, read from Redis when they are needed. */
export interface MediaLibrary {
  /** Whether a medium can be had. */
  has(hash: string): Promise<boolean>;
  /**
   * A medium as the web service takes it.
   * @throws Error where it is gone; `has` has told before, unless it ran out in between
   */
  base64(hash: string): Promise<string>;
}

/** Base64 characters that are kept at a time: some dozens of media, so that a campaign reads its own once. */
const cachedCharacters = 16 * 1_024 * 1_024;

export function createMediaLibrary(redis: RedisClient, place: AccountPlace): MediaLibrary {
  /** The most recently used last. */
  const cache = new Map<string, string>();
  let characters = 0;

  const keep = (hash: string, text: string): void => {
    cache.set(hash, text);
    characters += text.length;
    for (const [oldest, { length }] of cache) {
      if (characters <= cachedCharacters || oldest === hash) break;
      cache.delete(oldest);
      characters -= length;
    }
  };

  const cached = (hash: string): string | undefined => {
    const text = cache.get(hash);
    if (text === undefined) return undefined;
    cache.delete(hash);
    cache.set(hash, text);
    return text;
  };

  return {
    has: async (hash) => cache.has(hash) || (await hasMedia(redis, place, hash)),
    async base64(hash) {
      const known = cached(hash);
      if (known !== undefined) return known;
      const bytes = await readMedia(redis, place, hash);
      if (bytes === undefined) throw new Error('the medium of an MMS is gone from Redis');
      const text = bytes.toString('base64');
      if (!cache.has(hash)) keep(hash, text);
      return text;
    },
  };
}
