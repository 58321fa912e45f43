import { lanes as allLanes } from '../../message/lane.ts';
import { fieldFinder, isCount, isTime, optional, type Shape } from '../../queue/checks.ts';
import { askTime } from '../../queue/redis-clock.ts';
import { ApiKeyError } from './errors.ts';
import type { KeyGrant } from './grant.ts';
import {
  grantOf,
  isKeyName,
  isOver,
  type KeyRecord,
  keyRecordVersion,
  keyRights,
  limitChecks,
  mostPerSecond,
  readKeyRecord,
} from './key-record.ts';
import { addRecord, type KeyPlace, readAllRecords, removeRecord } from './key-store.ts';
import { digestOf, makeKey, readKey } from './key-text.ts';

/** A key that somebody wants to have. What is left out allows everything, for ever. */
export interface KeyWish {
  readonly name: string;
  readonly accounts?: readonly string[];
  readonly lanes?: readonly string[];
  readonly rights?: readonly string[];
  readonly ratePerSecond?: number;
  readonly expiresInMs?: number;
}

/** A wish that was checked. */
interface FitWish extends Partial<Omit<KeyGrant, 'id' | 'name' | 'expiresAt'>> {
  readonly name: string;
  readonly expiresInMs?: number;
}

/** A key that was made. */
export interface CreatedKey {
  /** The key itself: it is kept nowhere, and cannot be shown again. */
  readonly key: string;
  readonly grant: KeyGrant;
  /** Redis' time, epoch milliseconds. */
  readonly createdAt: number;
}

/** A key as operators see it. */
export type ListedKey =
  /** What lies there cannot be read: it is refused. */
  | { readonly state: 'unreadable'; readonly id: string }
  | {
      readonly state: 'in-force' | 'over';
      readonly id: string;
      readonly grant: KeyGrant;
      /** Redis' time, epoch milliseconds; likewise `usedAt`, which is up to a minute behind. */
      readonly createdAt: number;
      readonly usedAt?: number;
    };

/**
 * Makes an API key and stores what it is known by. It is in force when this resolves.
 * @throws ApiKeyError `API_KEY_NAME_INVALID`, `API_KEY_NAME_TAKEN`, `API_KEY_INVALID`; what Redis says
 */
export async function createApiKey(place: KeyPlace, wish: KeyWish): Promise<CreatedKey> {
  const { name, accounts, lanes, rights = keyRights, ratePerSecond, expiresInMs } = checked(wish);
  const { id, text } = makeKey();
  const createdAt = await askTime(place.redis);
  const record: KeyRecord = {
    v: keyRecordVersion,
    name,
    hash: digestOf(text).toString('hex'),
    ...(accounts === undefined ? {} : { accounts: [...new Set(accounts)] }),
    ...(lanes === undefined ? {} : { lanes: [...new Set(lanes)] }),
    rights: [...new Set(rights)],
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(expiresInMs === undefined ? {} : { expiresAt: createdAt + expiresInMs }),
    createdAt,
  };
  const isAdded = await addRecord(place, { id, name, text: JSON.stringify(record) });
  if (!isAdded) throw new ApiKeyError('API_KEY_NAME_TAKEN');
  return { key: text, grant: grantOf(id, record), createdAt };
}

/** All keys by their names, those that cannot be read behind them. Rejects with what Redis says. */
export async function listApiKeys(place: KeyPlace): Promise<readonly ListedKey[]> {
  const { records, used, readAt } = await readAllRecords(place);
  return [...records]
    .map(([id, text]) => listed(id, text, { usedAt: Number(used.get(id)), readAt }))
    .toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
}

/**
 * Revokes a key by its id, its name, or the key itself. When this resolves it is refused everywhere; what was let in before goes on.
 * @returns its id
 * @throws ApiKeyError `API_KEY_UNKNOWN`; what Redis says
 */
export async function revokeApiKey(place: KeyPlace, which: string): Promise<string> {
  const id = await removeRecord(place, readKey(which)?.id ?? which);
  if (id === undefined) throw new ApiKeyError('API_KEY_UNKNOWN');
  return id;
}

/** A hundred years: what a Date can hold, whatever the time is. */
const longestMs = 100 * 365 * 24 * 60 * 60 * 1_000;

const wishShape: Shape<FitWish> = {
  ...limitChecks,
  name: isKeyName,
  rights: optional(limitChecks.rights),
  expiresInMs: optional((value) => isCount(value) && value > 0 && value <= longestMs),
};

const brokenField = fieldFinder(wishShape);

const rules: Readonly<Record<string, string>> = {
  accounts: 'accounts: names of accounts, at least one.',
  lanes: `lanes: ${allLanes.join(', ')}, at least one of them.`,
  rights: `rights: ${keyRights.join(', ')}, at least one of them.`,
  ratePerSecond: `rate: a whole number of requests a second, from 1 to ${mostPerSecond}.`,
  expiresInMs: 'expiry: a length of time, longer than nothing and at most 100 years.',
};

/** @throws ApiKeyError, which repeats nothing of what was given */
function checked(wish: KeyWish): FitWish {
  if (isFit(wish)) return wish;
  const field = brokenField(wish) ?? 'name';
  if (field === 'name') throw new ApiKeyError('API_KEY_NAME_INVALID');
  throw new ApiKeyError('API_KEY_INVALID', { detail: rules[field] ?? '' });
}

const isFit = (wish: KeyWish): wish is FitWish => brokenField(wish) === undefined;

interface Moments {
  /** NaN where it was never used, or that cannot be read. */
  readonly usedAt: number;
  readonly readAt: number;
}

function listed(id: string, text: string, { usedAt, readAt }: Moments): ListedKey {
  const record = readKeyRecord(text);
  if (!record) return { state: 'unreadable', id };
  return {
    state: isOver(record, readAt) ? 'over' : 'in-force',
    id,
    grant: grantOf(id, record),
    createdAt: record.createdAt,
    ...(isTime(usedAt) ? { usedAt } : {}),
  };
}

/** No name holds a tilde. */
const sortKey = (key: ListedKey): string => (key.state === 'unreadable' ? `~${key.id}` : key.grant.name);
