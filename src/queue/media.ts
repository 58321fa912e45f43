import { keyedHashOfBytes } from '../message/keyed-hash.ts';
import { type AccountPlace, keys } from './names.ts';
import type { RedisClient } from './redis-client.ts';

/** A medium as a send job names it; its bytes lie in Redis once, however many jobs and recipients it has. */
export interface StoredMedia {
  /** Keyed hash of the bytes, 64 hexadecimal digits. */
  readonly hash: string;
  readonly contentType: string;
  readonly subject: string;
  /** Bytes before base64. */
  readonly bytes: number;
}

/**
 * How long media outlive the deadline of their last message: as long as a replay of its dead letter is
 * remembered. A dead letter that is replayed later finds its media gone.
 */
export const mediaMemoryMs: number = 90 * 86_400_000;

/** KEYS: media. ARGV: milliseconds to keep it, and its bytes, or none to look first. 1 where it lies there now. */
const keepScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return 1
end
if ARGV[2] == '' then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
return 1`;

interface MediaCommands {
  jetsmsKeepMedia(key: string, keepMs: number, data: Uint8Array | ''): Promise<number>;
}

/** The name of a medium: within an installation the same bytes have the same, whoever sends them. */
export const mediaHash = (data: Uint8Array, secret: string): string =>
  keyedHashOfBytes(secret, 'media', data);

/** A medium that is to be stored. */
export interface Medium {
  readonly hash: string;
  readonly data: Uint8Array;
  /** From now on, at least. */
  readonly keepMs: number;
}

/**
 * Stores a medium, or keeps the one that is there for longer; never for less. The bytes travel to Redis only
 * where it has not got them.
 */
export async function storeMedia(
  redis: RedisClient,
  place: AccountPlace,
  { hash, data, keepMs }: Medium,
): Promise<void> {
  if (await keepMedia(redis, place, { hash, keepMs })) return;
  await commandsOf(redis).jetsmsKeepMedia(keyOf(place, hash), keepMs, data);
}

/** Keeps a stored medium for at least so long. False where it is not there (any more). */
export async function keepMedia(
  redis: RedisClient,
  place: AccountPlace,
  { hash, keepMs }: { readonly hash: string; readonly keepMs: number },
): Promise<boolean> {
  return (await commandsOf(redis).jetsmsKeepMedia(keyOf(place, hash), keepMs, '')) === 1;
}

/** The bytes of a medium; undefined where it is not there (any more). */
export async function readMedia(
  redis: RedisClient,
  place: AccountPlace,
  hash: string,
): Promise<Buffer | undefined> {
  return (await redis.getBuffer(keyOf(place, hash))) ?? undefined;
}

/** Whether a medium is there. */
export async function hasMedia(redis: RedisClient, place: AccountPlace, hash: string): Promise<boolean> {
  return (await redis.exists(keyOf(place, hash))) === 1;
}

const keyOf = ({ prefix, account }: AccountPlace, hash: string): string => keys.media(prefix, account, hash);

function commandsOf(redis: RedisClient): MediaCommands {
  redis.defineCommand('jetsmsKeepMedia', { lua: keepScript, numberOfKeys: 1 });
  return redis as unknown as MediaCommands; // defineCommand adds methods that ioredis' types cannot know
}
