export interface ErrorThrottleOptions {
  /** At most one line for the same error in this time, in milliseconds. */
  readonly windowMs: number;
  /** Epoch milliseconds. */
  now(): number;
}

/** Turns a flood of one error (a Redis that is away sends thousands a second) into one line per window. */
export interface ErrorThrottle {
  /**
   * Whether this error gets a line now. If so, `repeated` says how often the same error came since its last
   * line and got none; if not, it is undefined. Same means same name and code, or message without a code.
   */
  admit(error: Error): { readonly repeated: number } | undefined;
}

interface Seen {
  readonly since: number;
  readonly repeated: number;
}

/** More different errors than this at a time are not told apart; the oldest is forgotten. */
const maxKeys = 100;

/** One throttle for one place that logs errors. Holds no timers. */
export function createErrorThrottle({ windowMs, now }: ErrorThrottleOptions): ErrorThrottle {
  const seen = new Map<string, Seen>();
  return {
    admit(error) {
      const key = keyOf(error);
      const last = seen.get(key);
      const at = now();
      if (last !== undefined && at - last.since < windowMs) {
        seen.set(key, { ...last, repeated: last.repeated + 1 });
        return undefined;
      }
      seen.delete(key);
      seen.set(key, { since: at, repeated: 0 });
      forgetOldest(seen);
      return { repeated: last?.repeated ?? 0 };
    },
  };
}

function keyOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.message;
  return `${error.name} ${code}`;
}

function forgetOldest(seen: Map<string, Seen>): void {
  const [oldest] = seen.keys();
  if (seen.size > maxKeys && oldest !== undefined) seen.delete(oldest);
}
