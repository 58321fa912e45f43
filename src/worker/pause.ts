import { setTimeout } from 'node:timers/promises';

/** Waits so long, or until `stop` is aborted, whichever comes first; whoever waits looks at `stop` by itself. */
export async function pauseUnlessStopped(delayMs: number, stop: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(delayMs, undefined, stop ? { signal: stop } : {});
  } catch (error) {
    if (!stop?.aborted) throw error;
  }
}
