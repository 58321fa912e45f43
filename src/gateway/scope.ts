import { type Lane, lanes } from '../message/lane.ts';
import type { KeyGrant } from './keys/grant.ts';
import type { Refusal, Spot } from './problem.ts';
import { refusal } from './refusals.ts';

export type Right = KeyGrant['rights'][number];

/** Why a key may not do this; undefined where it may. */
export const rightRefusal = (grant: KeyGrant, right: Right): Refusal | undefined =>
  grant.rights.includes(right) ? undefined : refusal('RIGHT_MISSING', { details: { right } });

/**
 * The account of a request: the one that it names, else the first of the gateway that the key is for.
 * @param known the accounts of the gateway, the default one first
 */
export function accountFor(
  grant: KeyGrant,
  named: string | undefined,
  known: readonly string[],
): string | undefined {
  if (named !== undefined) return mayUse(grant, named) ? named : undefined;
  return accountsOf(grant, known)[0];
}

const mayUse = ({ accounts }: KeyGrant, account: string): boolean => accounts?.includes(account) ?? true;

/** The accounts of the gateway that a key is for, the default one first. */
export const accountsOf = (grant: KeyGrant, known: readonly string[]): readonly string[] =>
  grant.accounts === undefined ? known : known.filter((account) => mayUse(grant, account));

/** Why a key may not name this account. */
export const accountRefusal = (at: Spot): Refusal => refusal('ACCOUNT_NOT_ALLOWED', { at });

/** Whether a key is for a lane. What is no lane is told as such by the check of the message. */
export const mayUseLane = ({ lanes: allowed }: KeyGrant, lane: unknown): boolean =>
  allowed === undefined || !isLane(lane) || allowed.includes(lane);

const isLane = (lane: unknown): lane is Lane => lanes.some((known) => known === lane);

export const laneRefusal = (at: Spot): Refusal => refusal('LANE_NOT_ALLOWED', { at });
