import { setTimeout } from 'node:timers/promises';
import type { Telemetry } from './telemetry.ts';

/** Together some twenty seconds, well within a lock. */
const tries = 40;
const pauseMs = 500;

/**
 * What JetSMS said is worth more than one try: while Redis refuses writes, waits and writes again.
 * @param isWorthIt whether another try can come to another end; any error is, without it
 */
export async function persist<T>(
  write: () => Promise<T>,
  telemetry: Pick<Telemetry, 'redis'>,
  isWorthIt: (error: unknown) => boolean = () => true,
): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await write();
    } catch (error) {
      if (n >= tries || !isWorthIt(error)) throw error;
      telemetry.redis(error);
      await setTimeout(pauseMs);
    }
  }
}
