/** Somebody who waits for Redis. */
export interface Waiting {
  /** Called when Redis has been silent for too long; again with every slice of time until `end()`. */
  onSilence: (() => void) | undefined;
  /** Whether it has waited for as long as the limit, whatever Redis said to others meanwhile. */
  isLong(): boolean;
  end(): void;
}

/** How long Redis may be silent. */
export interface Patience {
  /** Redis has answered somebody: it lives. */
  answered(): void;
  wait(): Waiting;
}

/** The limit is counted in so many slices. */
const slices = 10;

/**
 * Counts the silence of Redis for all who wait for it, by one timer. Only time in which this process ran is
 * counted: a slice that came late counts as one, since in a process that stood still the answers lie unread. Nor is
 * anybody given up while Redis answers others: it takes one after the other.
 */
export function createPatience(limitMs: number): Patience {
  const sliceMs = limitMs / slices;
  const all = new Set<Waiting & { readonly since: number }>();
  let ranMs = 0;
  let answeredAt = 0;
  let timer: NodeJS.Timeout | undefined;

  /** In the order of their beginning, so that the first who may still wait ends the look. */
  const look = (): void => {
    ranMs += sliceMs;
    for (const waiting of all) {
      if (ranMs - Math.max(waiting.since, answeredAt) <= limitMs) break;
      waiting.onSilence?.();
    }
  };
  const end = (waiting: Waiting & { readonly since: number }): void => {
    all.delete(waiting);
    if (all.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    answered() {
      answeredAt = ranMs;
    },
    wait() {
      const since = ranMs;
      const waiting = {
        since,
        onSilence: undefined,
        isLong: () => ranMs - since > limitMs,
        end: () => end(waiting),
      };
      all.add(waiting);
      timer ??= setInterval(look, sliceMs);
      return waiting;
    },
  };
}
