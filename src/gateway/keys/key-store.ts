import { isString } from '../../queue/checks.ts';
import { installationPrefix, keys } from '../../queue/names.ts';
import { run } from '../../queue/pipeline.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { isTurnedAway, readTrouble } from '../../queue/redis-trouble.ts';

/** Where the keys of an installation lie. */
export interface KeyPlace {
  readonly redis: RedisClient;
  readonly prefix: string;
}

/** The keys in Redis of the records, and of their last uses. */
function placesOf({ redis, prefix }: KeyPlace): readonly [ofRecords: string, uses: string] {
  const own = installationPrefix(redis, prefix);
  return [keys.gatewayKeys(own), keys.gatewayKeysUsed(own)];
}

/** A record as it lies in Redis, and Redis' time when it was read. */
export interface StoredRecord {
  /** null where there is none. */
  readonly text: unknown;
  /** Epoch milliseconds. */
  readonly readAt: number;
}

/** All that lies there. */
export interface StoredKeys {
  /** By their ids. */
  readonly records: ReadonlyMap<string, string>;
  /** When each was used last, about, by their ids; the times unread. */
  readonly used: ReadonlyMap<string, string>;
  /** Redis' time, epoch milliseconds. */
  readonly readAt: number;
}

/** One hash holds the records by their ids, and the ids by the names of keys: so that one script changes both. */
const idField = 'id:';
const nameField = 'name:';

/** No key has this field: to remove it changes nothing, but Redis looks first whether it takes changes. */
const noField = 'none';

/**
 * Reads records by their ids, in one round trip.
 * @throws what Redis said, also where it is a replica: it may not have heard yet that a key was revoked
 */
export async function readRecords(place: KeyPlace, ids: readonly string[]): Promise<readonly StoredRecord[]> {
  const [key] = placesOf(place);
  const answers = await place.redis
    .pipeline()
    .hdel(key, noField)
    .time()
    .hmget(key, ...ids.map((id) => idField + id))
    .exec();
  const [[refused] = [null], ...read] = answers ?? [];
  if (refused && mayBeBehind(refused)) throw refused;
  const [time, texts] = read.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
  const readAt = millisecondsOf(time);
  if (!Array.isArray(texts)) throw new Error('Redis left an answer out');
  return texts.map((text: unknown) => ({ text, readAt }));
}

/** A full disk, say, keeps Redis from changing anything; what it holds is right all the same. */
function mayBeBehind(error: Error): boolean {
  const trouble = readTrouble(error);
  return isTurnedAway(trouble) || (trouble.kind === 'refused' && trouble.reason === 'NOREPLICAS');
}

function millisecondsOf(time: unknown): number {
  const [seconds, microseconds] = Array.isArray(time) ? time.map(Number) : [];
  return Math.floor((seconds ?? Number.NaN) * 1_000 + (microseconds ?? Number.NaN) / 1_000);
}

/** KEYS: the keys. ARGV: id, name, record. A name is free again once its key is gone. Repeating it changes nothing. */
const addScript = `
local id, name = '${idField}' .. ARGV[1], '${nameField}' .. ARGV[2]
local holder = redis.call('HGET', KEYS[1], name)
if holder and holder ~= ARGV[1] and redis.call('HEXISTS', KEYS[1], '${idField}' .. holder) == 1 then return 0 end
redis.call('HSET', KEYS[1], id, ARGV[3], name, ARGV[1])
return 1`;

/** Stores a new key; false where its name is taken. */
export async function addRecord(
  place: KeyPlace,
  { id, name, text }: { readonly id: string; readonly name: string; readonly text: string },
): Promise<boolean> {
  const [ofRecords] = placesOf(place);
  return (await place.redis.eval(addScript, 1, ofRecords, id, name, text)) === 1;
}

/**
 * KEYS: the keys, their last uses. ARGV: name or id. Gives the id of what was removed. All names that lead to it go with it: which
 * one it had may be unreadable.
 */
const removeScript = `
local id = redis.call('HGET', KEYS[1], '${nameField}' .. ARGV[1])
if not id or redis.call('HEXISTS', KEYS[1], '${idField}' .. id) == 0 then id = ARGV[1] end
if redis.call('HDEL', KEYS[1], '${idField}' .. id) == 0 then return false end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, ${nameField.length}) == '${nameField}' and all[i + 1] == id then
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('HDEL', KEYS[2], id)
return id`;

/** Removes a key; its id, or undefined where there is none. */
export async function removeRecord(place: KeyPlace, nameOrId: string): Promise<string | undefined> {
  const places = placesOf(place);
  const id = await place.redis.eval(removeScript, places.length, ...places, nameOrId);
  return isString(id) ? id : undefined;
}

/** KEYS: the keys, their last uses. ARGV: id, time. Nothing is noted of a key that is gone. */
const noteUseScript = `
if redis.call('HEXISTS', KEYS[1], '${idField}' .. ARGV[1]) == 1 then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end`;

/** Notes when a key was used. */
export async function noteUse(place: KeyPlace, id: string, at: number): Promise<void> {
  const places = placesOf(place);
  await place.redis.eval(noteUseScript, places.length, ...places, id, at);
}

/** Reads all keys. */
export async function readAllRecords(place: KeyPlace): Promise<StoredKeys> {
  const [ofRecords, uses] = placesOf(place);
  const [all, used, time] = await run(place.redis.pipeline().hgetall(ofRecords).hgetall(uses).time());
  const records = entriesOf(all)
    .filter(([field]) => field.startsWith(idField))
    .map(([field, text]) => [field.slice(idField.length), text] as const);
  return { records: new Map(records), used: new Map(entriesOf(used)), readAt: millisecondsOf(time) };
}

const entriesOf = (hash: unknown): readonly (readonly [string, string])[] =>
  Object.entries(hash ?? {}).filter((entry): entry is [string, string] => isString(entry[1]));
