import type { Lane } from '../../message/lane.ts';
import { mediaMemoryMs } from '../../queue/media.ts';
import { mayHaveArrived, type StoredDeadLetter, sizeOf } from '../../queue/stored-dead-letter.ts';
import { pauseUnlessStopped } from '../../worker/pause.ts';
import {
  signal as abortSignal,
  callback,
  checkOptions,
  flag,
  fromZero,
  laneOrOwn,
  type Rule,
} from '../arguments.ts';
import { checkFilter, type DeadLetterFilter } from './filter.ts';
import {
  beginReplay,
  type ReplayEnd,
  type ReplayOrder,
  type ReplayTools,
  replayDeadLetter,
  replayJobOf,
} from './replay-steps.ts';
import { selectDeadLetters } from './select.ts';

/** Why a letter was left where it is. `replayed-before` ones are taken away: their replay had been cut off. */
export type SkipReason = LeftOut | 'media-gone' | Exclude<ReplayEnd, 'replayed'>;

export interface ReplayOptions {
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Those whose deadline passed, too. */
  readonly includeExpired?: boolean;
  /** Those that may have arrived, too: a person can get the text a second time. */
  readonly includeUncertain?: boolean;
  /** Those that somebody called off, too. */
  readonly includeCancelled?: boolean;
  /** Default `bulk`, so that a replay overtakes nothing; `own` keeps the lane that each message had. */
  readonly lane?: Lane | 'own';
  /** Messages a second, default 50; 0 = as fast as Redis takes them. */
  readonly ratePerSecond?: number;
  /** How long from now on the messages are worth sending; default as long as each had at first. */
  readonly deadlineMs?: number | undefined;
  /** Stops it between two messages; what is done stays done. */
  readonly signal?: AbortSignal;
  /** Called now and then with what has been done so far. */
  readonly onProgress?: (progress: ReplayCounts) => void;
}

/** How far a replay came. */
export interface ReplayCounts {
  /** Letters enqueued anew; with `dryRun`, those that would be. */
  readonly replayed: number;
  readonly messages: number;
  /** SMS parts as they were counted when enqueued: an assumption about what is charged. */
  readonly parts: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
}

export interface ReplayResult extends ReplayCounts {
  readonly dryRun: boolean;
  /** The signal came before the end. */
  readonly stopped: boolean;
}

const defaultRatePerSecond = 50;

/** Letters on their way at a time. Redis takes them one by one; this saves the waiting for each answer. */
const mostAtOnce = 50;

const optionRules: Readonly<Record<keyof ReplayOptions, Rule>> = {
  dryRun: flag,
  includeExpired: flag,
  includeUncertain: flag,
  includeCancelled: flag,
  lane: laneOrOwn,
  ratePerSecond: fromZero,
  deadlineMs: fromZero,
  signal: abortSignal,
  onProgress: callback,
};

/**
 * Enqueues the letters that a filter means anew, the oldest first. Whatever happens, a crash or a second
 * operator at the same work, each letter is enqueued at most once, and lies there until it is.
 *
 * @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED, FILTER_INVALID, ARGUMENT_INVALID
 */
export async function replayDeadLetters(
  filter: DeadLetterFilter,
  options: ReplayOptions,
  tools: ReplayTools,
): Promise<ReplayResult> {
  checkOptions(options, optionRules);
  const { dryRun = false, ratePerSecond = defaultRatePerSecond, signal, onProgress } = options;
  const { limit = Number.POSITIVE_INFINITY, ...unlimited } = checkFilter(filter);
  const selection = { filter: unlimited, now: tools.now() };
  const tally = newTally();
  const pace = createPace(dryRun ? 0 : ratePerSecond, signal);
  const chunkSize = pace.isBraked
    ? Math.min(mostAtOnce, Math.max(1, Math.floor(ratePerSecond / 10)))
    : mostAtOnce;

  for await (const chunk of chunksOf(selectDeadLetters(tools.store, selection), () =>
    Math.min(chunkSize, limit - tally.counts().replayed),
  )) {
    if (signal?.aborted) break;
    const ends = await Promise.all(chunk.map((stored) => replayOne(stored, options, tools)));
    for (const [index, end] of ends.entries()) tally.add(end, chunk[index]);
    onProgress?.(tally.counts());
    await pace.wait(tally.counts().messages);
  }
  return { ...tally.counts(), dryRun, stopped: signal?.aborted === true };
}

async function replayOne(
  stored: StoredDeadLetter,
  options: ReplayOptions,
  tools: ReplayTools,
): Promise<SkipReason | 'replayed'> {
  const { id, letter, job } = stored;
  const left = leftOut(stored, options);
  if (left || !job.ok) return left ?? 'invalid';
  const { lane = 'bulk', deadlineMs, dryRun } = options;
  const order = { id, letter, job: job.job, lane, deadlineMs };
  if (!(await hasItsMedia(order, tools, dryRun === true))) return 'media-gone';
  if (!dryRun) return replayDeadLetter(order, tools);
  const start = await beginReplay(order, tools, true);
  if (start === 'again') return 'replayed-before';
  return start === 'begun' ? 'replayed' : start;
}

/** An MMS needs its medium, which does not lie in the job: it is kept for as long as after a first send. */
async function hasItsMedia(
  order: ReplayOrder,
  { store, now }: ReplayTools,
  dryRun: boolean,
): Promise<boolean> {
  const { media } = order.job;
  if (!media) return true;
  const keepMs = replayJobOf(order, now()).deadlineAt - now() + mediaMemoryMs;
  return store.keepMedia(media.hash, keepMs, dryRun);
}

/** Letters that a replay leaves where they are unless it is asked for them; `invalid` ones always. */
export type LeftOut = 'expired' | 'uncertain' | 'cancelled' | 'invalid';

/** Why a letter is left out; nothing where it is not. */
export function leftOut(
  stored: StoredDeadLetter,
  { includeExpired, includeUncertain, includeCancelled }: Including,
): LeftOut | undefined {
  const { reason } = stored.letter;
  if (!stored.job.ok) return 'invalid';
  if (mayHaveArrived(stored) && !includeUncertain) return 'uncertain';
  if (reason === 'expired' && !includeExpired) return reason;
  if (reason === 'cancelled' && !includeCancelled) return reason;
  return undefined;
}

type Including = Pick<ReplayOptions, 'includeExpired' | 'includeUncertain' | 'includeCancelled'>;

/** Groups of at most `size()`, asked anew for each; ends where that is 0. */
async function* chunksOf<T>(items: AsyncGenerator<T, void>, size: () => number): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  let wanted = size();
  if (wanted <= 0) return;
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < wanted) continue;
    yield chunk;
    chunk = [];
    wanted = size();
    if (wanted <= 0) return;
  }
  if (chunk.length > 0) yield chunk;
}

function newTally() {
  let replayed = 0;
  let messages = 0;
  let parts = 0;
  const skipped: Partial<Record<SkipReason, number>> = {};
  return {
    add(end: SkipReason | 'replayed', stored: StoredDeadLetter | undefined): void {
      if (end !== 'replayed') skipped[end] = (skipped[end] ?? 0) + 1;
      else if (stored) {
        const size = sizeOf(stored);
        replayed += 1;
        messages += size.messages;
        parts += size.parts;
      }
    },
    counts: (): ReplayCounts => ({ replayed, messages, parts, skipped: { ...skipped } }),
  };
}

/** Keeps the messages since the start below a rate; 0 = no brake. */
function createPace(ratePerSecond: number, signal: AbortSignal | undefined) {
  const startedAt = performance.now();
  const isBraked = ratePerSecond > 0;
  return {
    isBraked,
    async wait(messages: number): Promise<void> {
      if (!isBraked) return;
      const aheadMs = startedAt + (messages / ratePerSecond) * 1_000 - performance.now();
      if (aheadMs > 0) await pauseUnlessStopped(aheadMs, signal);
    },
  };
}
