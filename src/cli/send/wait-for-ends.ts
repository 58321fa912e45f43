import type { MessageEnd, ReadEnds } from '../../bullmq/message-ends.ts';
import { pauseUnlessStopped } from '../../worker/pause.ts';

export interface WaitForEndsOptions {
  readonly readEnds: ReadEnds;
  readonly onEnd: (id: string, end: MessageEnd) => void;
  /** Called after each look, with how many are still under way. */
  readonly onLook: (underWay: number) => void | Promise<void>;
  readonly stop: AbortSignal;
  /** Between two looks, in milliseconds. */
  readonly pollMs?: number;
}

/** One look reads this many messages or a tenth of those under way, whichever is more. Our choice. */
const leastPerLook = 1_000;

/**
 * Waits until every message has ended, or `stop`. Each look at Redis reads a share of those under way, in turn,
 * so that the cost of waiting is bounded and every message is looked at within ten looks.
 *
 * @returns the ids of those still under way: none, unless stopped
 */
export async function waitForEnds(
  ids: Iterable<string>,
  { readEnds, onEnd, onLook, stop, pollMs = 250 }: WaitForEndsOptions,
): Promise<readonly string[]> {
  let underWay = [...ids];
  const stopped = whenAborted(stop);
  while (underWay.length > 0 && !stop.aborted) {
    const share = Math.max(leastPerLook, Math.ceil(underWay.length / 10));
    const looked = underWay.slice(0, share);
    // While Redis is away the answer waits for it; a person must not have to.
    const ends = await Promise.race([readEnds(looked), stopped]);
    if (ends === undefined) break;
    const open = looked.filter((id, index) => {
      const end = ends[index];
      if (end) onEnd(id, end);
      return end === undefined;
    });
    underWay = [...underWay.slice(share), ...open];
    await onLook(underWay.length);
    if (underWay.length > 0) await pauseUnlessStopped(pollMs, stop);
  }
  return stop.aborted ? lastLook(underWay, { readEnds, onEnd }) : underWay;
}

/** How long somebody who has pressed Ctrl-C waits for the last word. Our choice. */
const lastLookMs = 2_000;

/** Every message that is still open is looked at once more, so that what is said in the end is true now. */
async function lastLook(
  ids: readonly string[],
  { readEnds, onEnd }: Pick<WaitForEndsOptions, 'readEnds' | 'onEnd'>,
): Promise<readonly string[]> {
  const limit = new AbortController();
  const timeUp = pauseUnlessStopped(lastLookMs, limit.signal).then(() => undefined);
  const open: string[] = [];
  for (let at = 0; at < ids.length; at += leastPerLook) {
    const looked = ids.slice(at, at + leastPerLook);
    const ends = await Promise.race([readEnds(looked), timeUp]);
    if (ends === undefined) return [...open, ...ids.slice(at)];
    for (const [index, id] of looked.entries()) {
      const end = ends[index];
      if (end) onEnd(id, end);
      else open.push(id);
    }
  }
  limit.abort();
  return open;
}

const whenAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
