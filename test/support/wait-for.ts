import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Give up after this many milliseconds (default 5,000). */
  readonly limitMs?: number;
  /** Look again after this many milliseconds (default 10). */
  readonly everyMs?: number;
  /** What is awaited, for the message when it does not come. */
  readonly what?: string;
}

type Falsy = undefined | null | false;

/**
 * Waits until `look` gives something, and returns it. `undefined`, `null` and `false` mean "not yet";
 * what `look` throws counts as "not yet" too, and is the cause of the error at the limit.
 */
export async function waitFor<T>(
  look: () => T | Falsy | Promise<T | Falsy>,
  { limitMs = 5_000, everyMs = 10, what = 'the awaited condition' }: WaitOptions = {},
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const seen = await attempt(look);
    if (seen.value !== undefined && seen.value !== null && seen.value !== false) return seen.value;
    if (performance.now() >= until) {
      throw new Error(`${what} did not come within ${limitMs} ms`, { cause: seen.error });
    }
    await pause(everyMs);
  }
}

/** Looks for so long whether something stays as it is: of what must not happen, the time that passes is the test. */
export async function stays(look: () => unknown, forMs: number): Promise<void> {
  const before = JSON.stringify(await look());
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    await pause(20);
    const seen = JSON.stringify(await look());
    if (seen !== before) throw new Error(`it did not stay ${before}, but became ${seen}`);
  }
}

async function attempt<T>(
  look: () => T | Falsy | Promise<T | Falsy>,
): Promise<{ value?: T | Falsy; error?: unknown }> {
  try {
    return { value: await look() };
  } catch (error) {
    return { error };
  }
}
