import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepMedia, mediaHash, storeMedia } from '../../../../src/queue/media.ts';
import { keys } from '../../../../src/queue/names.ts';
import { createMediaLibrary } from '../../../../src/worker/account/media.ts';
import { freshPrefix, sharedRedisUrl } from '../../../support/redis.ts';

let redis: Redis;
let place: { prefix: string; account: string };

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  place = { prefix: freshPrefix(), account: 'acme' };
});

const secret = 'a'.repeat(64);
const keyOf = (hash: string): string => keys.media(place.prefix, place.account, hash);

async function stored(bytes: number, fill: number): Promise<string> {
  const data = Buffer.alloc(bytes, fill);
  const hash = mediaHash(data, secret);
  await storeMedia(redis, place, { hash, data, keepMs: 60_000 });
  return hash;
}

describe('the media of an account', () => {
  it('are read once, and kept at hand', async () => {
    const hash = await stored(3, 1);
    const library = createMediaLibrary(redis, place);
    expect(await library.has(hash)).toBe(true);
    expect(await library.base64(hash)).toBe('AQEB');
    await redis.del(keyOf(hash));
    expect(await library.has(hash)).toBe(true);
    expect(await library.base64(hash)).toBe('AQEB');
  });

  it('make room for others: the one that was used longest ago goes', async () => {
    const big = 5 * 1_024 * 1_024;
    const [first, second, third] = [await stored(big, 1), await stored(big, 2), await stored(big, 3)];
    const library = createMediaLibrary(redis, place);
    await library.base64(first);
    await library.base64(second);
    await library.base64(first);
    await library.base64(third);
    await redis.del(keyOf(first), keyOf(second), keyOf(third));
    expect(await Promise.all([first, second, third].map(library.has))).toEqual([true, false, true]);
  });

  it('that are gone are told of, and not taken for empty', async () => {
    const library = createMediaLibrary(redis, place);
    const hash = mediaHash(Buffer.from('never stored'), secret);
    expect(await library.has(hash)).toBe(false);
    await expect(library.base64(hash)).rejects.toThrow('gone from Redis');
    expect(await keepMedia(redis, place, { hash, keepMs: 1_000 })).toBe(false);
  });
});
