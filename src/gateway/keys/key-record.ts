import { lanes } from '../../message/lane.ts';
import { isCount, isOneOf, isShaped, isText, isTime, optional, type Shape } from '../../queue/checks.ts';
import { readJson } from '../../queue/json.ts';
import type { KeyGrant } from './grant.ts';

/** What a key may allow, the weightiest first. */
export const keyRights: KeyGrant['rights'] = ['send', 'read', 'cancel'];

/** The most requests a second that a key may be held to. Our choice. */
export const mostPerSecond = 100_000;

/**
 * What lies in Redis of a key. A version that reads records of another one could overlook what restricts them: so it refuses them.
 */
export interface KeyRecord extends Omit<KeyGrant, 'id'> {
  readonly v: typeof keyRecordVersion;
  /** SHA-256 of the key, hexadecimal. */
  readonly hash: string;
  /** Redis' time, epoch milliseconds. */
  readonly createdAt: number;
}

export const keyRecordVersion = 1;

const nameForm = /^[a-z][a-z0-9._-]{0,39}$/;
const mostDigits = 6;

/** Whether a value can be the name of a key: too few digits for a phone number. Total. */
export const isKeyName = (value: unknown): value is string =>
  typeof value === 'string' && nameForm.test(value) && value.replace(/[^0-9]/g, '').length <= mostDigits;

const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const isSome =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every(check);

/** What restricts a key. */
type KeyLimits = Pick<KeyGrant, 'accounts' | 'lanes' | 'rights' | 'ratePerSecond'>;

/** What restricts a key, field by field. An empty list would be read by some as nothing, by others as all: there is none. */
export const limitChecks: Shape<KeyLimits> = {
  accounts: optional(isSome(isText)),
  lanes: optional(isSome(isOneOf(lanes))),
  rights: isSome(isOneOf(keyRights)),
  ratePerSecond: optional((value) => isCount(value) && value > 0 && value <= mostPerSecond),
};

const isRecord = isShaped<KeyRecord>({
  ...limitChecks,
  v: isOneOf([keyRecordVersion]),
  name: isKeyName,
  hash: isHash,
  createdAt: isTime,
  expiresAt: optional(isTime),
});

/** A record as it lies in Redis; undefined for whatever is none. Total. */
export function readKeyRecord(text: unknown): KeyRecord | undefined {
  const found = readJson(text);
  return isRecord(found) ? found : undefined;
}

/** What a record allows, and nothing else of what lies there. */
export function grantOf(id: string, record: KeyRecord): KeyGrant {
  const { name, rights, accounts, lanes: allowed, ratePerSecond, expiresAt } = record;
  return {
    id,
    name,
    rights,
    ...(accounts === undefined ? {} : { accounts }),
    ...(allowed === undefined ? {} : { lanes: allowed }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** @param now Redis' time, epoch milliseconds; NaN where it cannot be told: then what has an end is over */
export const isOver = ({ expiresAt }: Pick<KeyGrant, 'expiresAt'>, now: number): boolean =>
  expiresAt !== undefined && !(now < expiresAt);
