import { createHash, timingSafeEqual } from 'node:crypto';

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
  /** Wrong logins from one address within the window until it must wait. */
  readonly mostFailures: number;
  readonly windowMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Slows down whoever tries passwords. */
export interface LoginThrottle {
  /** Milliseconds that the address must wait before it may try again; 0 = none. */
  waitMs(address: string): number;
  /** A wrong login came from the address. */
  failed(address: string): void;
  /** A right one did: the address starts anew. */
  passed(address: string): void;
}

/** More addresses than this at a time are not told apart; the one that failed first is forgotten. */
const mostAddresses = 1_000;

export function createLoginThrottle({ mostFailures, windowMs, now }: LoginThrottleOptions): LoginThrottle {
  const failures = new Map<string, { readonly since: number; readonly count: number }>();
  const current = (address: string) => {
    const found = failures.get(address);
    return found && now() - found.since < windowMs ? found : undefined;
  };
  return {
    waitMs(address) {
      const found = current(address);
      return found && found.count >= mostFailures ? found.since + windowMs - now() : 0;
    },
    failed(address) {
      const found = current(address) ?? { since: now(), count: 0 };
      failures.delete(address);
      failures.set(address, { ...found, count: found.count + 1 });
      const [oldest] = failures.keys();
      if (failures.size > mostAddresses && oldest !== undefined) failures.delete(oldest);
    },
    passed: (address) => void failures.delete(address),
  };
}
