import { type Lane, lanes } from '../message/lane.ts';
import { type Batch, createWaitingJobs, type Joinable } from './waiting-jobs.ts';

export interface JoinerOptions<Item extends Joinable> {
  /** Requests under way at a time. */
  readonly requests: number;
  /** Requests of these that only lane otp may use, so that an OTP leaves though bulk fills the rest. */
  readonly requestsForOtp: number;
  /** The most messages that are joined for one request. */
  readonly batchSize: number;
  /** The longest that a job waits for others while requests are under way; lane otp never waits. */
  readonly batchWaitMs: number;
  /** Sends a group; settles each of its items by itself, and never throws. */
  readonly send: (group: readonly Item[]) => Promise<void>;
  readonly now: () => number;
}

/** Joins small jobs that wait together into groups for one request, and bounds the requests under way. */
export interface Joiner<Item extends Joinable> {
  add(item: Item): void;
  /** No more requests may leave now, but those of lane otp. */
  isBusy(): boolean;
  /** Takes back what has not left yet. */
  takeBack(): readonly Item[];
}

export function createJoiner<Item extends Joinable>(options: JoinerOptions<Item>): Joiner<Item> {
  const { requests, requestsForOtp, batchSize, batchWaitMs, now } = options;
  const waiting = createWaitingJobs<Item>(batchSize, now);
  let underWay = 0;
  /** The next look at what waits. */
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;

  const isFree = (lane: Lane): boolean =>
    underWay < (lane === 'otp' ? requests : Math.max(1, requests - requestsForOtp));

  /** The time until a batch may leave; nothing is gained by waiting where nothing is under way. */
  const leftMs = (lane: Lane, { messages, since }: Batch<Item>): number =>
    lane === 'otp' || underWay === 0 || messages >= batchSize ? 0 : since + batchWaitMs - now();

  const pump = (): void => {
    clearImmediate(turn);
    clearTimeout(timer);
    turn = undefined;
    timer = undefined;
    const waits = lanes.flatMap((lane) => pumpLane(lane) ?? []);
    if (waits.length > 0) timer = setTimeout(pump, Math.ceil(Math.min(...waits)));
  };

  /** Lets leave what may leave; how long until more may, if time is all that it waits for. */
  const pumpLane = (lane: Lane): number | undefined => {
    while (isFree(lane)) {
      const group = waiting.next(lane, leftMs);
      if (group === undefined || typeof group === 'number') return group;
      leave(group);
    }
    return undefined;
  };

  const leave = (group: readonly Item[]): void => {
    underWay += 1;
    const done = (): void => {
      underWay -= 1;
      pump();
    };
    options.send(group).then(done, done);
  };

  return {
    add(item) {
      const batch = waiting.add(item);
      // In this turn of the event loop, but after everything that is already there has been added.
      if (leftMs(item.lane, batch) <= 0) turn ??= setImmediate(pump);
      else timer ??= setTimeout(pump, batchWaitMs);
    },
    isBusy: () => !isFree('bulk'),
    takeBack: () => waiting.takeAll(),
  };
}
