import { createHash, timingSafeEqual } from 'node:crypto';
import { networkOf } from './address.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Whether both are those of the login; takes as long for a wrong one as for a right one. */
export function matchesLogin(given: Login, expected: Login): boolean {
  const sameName = sameText(given.username, expected.username);
  const samePassword = sameText(given.password, expected.password);
  return sameName && samePassword;
}

/** Digests are of one length, so the comparison tells nothing of the texts'. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export interface LoginThrottleOptions {
  /** Logins that an address may try within the window, right ones not counted, until it must wait. */
  readonly mostTries: number;
  readonly windowMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Slows down whoever tries passwords. */
export interface LoginThrottle {
  /**
   * A login has come from the address. It counts before anybody looks at it, so that many at once get no further than
   * one after the other. Answers with the milliseconds to wait; 0 = it may be looked at.
   */
  arrived(address: string): number;
  /** The login that has just arrived was right, and does not count. Wrong ones beside it still do. */
  passed(address: string): void;
}

/** More networks than this at a time are not told apart; the one that tried longest ago is forgotten. */
const mostNetworks = 1_000;

interface Tries {
  readonly since: number;
  readonly count: number;
}

export function createLoginThrottle({ mostTries, windowMs, now }: LoginThrottleOptions): LoginThrottle {
  const networks = new Map<string, Tries>();
  const keep = (network: string, tries: Tries): void => {
    networks.delete(network);
    if (tries.count > 0) networks.set(network, tries);
    const [oldest] = networks.keys();
    if (networks.size > mostNetworks && oldest !== undefined) networks.delete(oldest);
  };
  return {
    arrived(address) {
      const network = networkOf(address);
      const found = networks.get(network);
      const tries = found && now() - found.since < windowMs ? found : { since: now(), count: 0 };
      if (tries.count >= mostTries) return tries.since + windowMs - now();
      keep(network, { ...tries, count: tries.count + 1 });
      return 0;
    },
    passed(address) {
      const network = networkOf(address);
      const tries = networks.get(network);
      if (tries) keep(network, { ...tries, count: tries.count - 1 });
    },
  };
}
