import { type Lane, lanes } from '../message/lane.ts';

/** What the joiner must know of a job to put it into a request with others. */
export interface Joinable {
  readonly lane: Lane;
  /** Only jobs of the same key may travel together; a key of its own lets a job travel alone. */
  readonly batchKey: string;
  /** Messages that the job carries. */
  readonly messages: number;
}

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
  /** Takes back what has not left yet. */
  takeBack(): readonly Item[];
}

/** Jobs of one key that wait, in the order in which they came. */
interface Batch<Item> {
  readonly items: Item[];
  messages: number;
  /** When the first of them came. */
  since: number;
}

export function createJoiner<Item extends Joinable>(options: JoinerOptions<Item>): Joiner<Item> {
  const { requests, requestsForOtp, batchSize, batchWaitMs, now } = options;
  /** By lane, then by key; Maps keep the order of arrival. */
  const waiting = new Map<Lane, Map<string, Batch<Item>>>(lanes.map((lane) => [lane, new Map()]));
  let underWay = 0;
  /** The next look at what waits. */
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;

  const isFree = (lane: Lane): boolean =>
    underWay < (lane === 'otp' ? requests : Math.max(1, requests - requestsForOtp));

  /** The time until a batch may leave; nothing is gained by waiting where nothing is under way. */
  const leftMs = (lane: Lane, { messages, since }: Batch<Item>): number =>
    lane === 'otp' || underWay === 0 || messages >= batchSize ? 0 : since + batchWaitMs - now();

  /** The next group that may leave, or how long until one may. */
  const next = (lane: Lane): readonly Item[] | number | undefined => {
    const batches = waiting.get(lane) ?? new Map<string, Batch<Item>>();
    let soonestMs: number | undefined;
    for (const [key, batch] of batches) {
      const waitMs = leftMs(lane, batch);
      if (waitMs <= 0) return takeGroup(batches, key, batch);
      soonestMs = Math.min(soonestMs ?? waitMs, waitMs);
    }
    return soonestMs;
  };

  /** As many as fit; at least one, however large it is. */
  const takeGroup = (batches: Map<string, Batch<Item>>, key: string, batch: Batch<Item>): readonly Item[] => {
    let messages = 0;
    const over = batch.items.findIndex((item, index) => {
      messages += item.messages;
      return index > 0 && messages > batchSize;
    });
    const group = batch.items.splice(0, over === -1 ? batch.items.length : over);
    batch.messages -= countOf(group);
    if (batch.items.length === 0) batches.delete(key);
    return group;
  };

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
      const group = next(lane);
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
      const batches = waiting.get(item.lane);
      const batch = batches?.get(item.batchKey) ?? { items: [], messages: 0, since: now() };
      batch.items.push(item);
      batch.messages += item.messages;
      batches?.set(item.batchKey, batch);
      // In this turn of the event loop, but after everything that is already there has been added.
      if (leftMs(item.lane, batch) <= 0) turn ??= setImmediate(pump);
      else timer ??= setTimeout(pump, batchWaitMs);
    },
    takeBack() {
      const items = [...waiting.values()].flatMap((batches) => [...batches.values()].flatMap(itemsOf));
      for (const batches of waiting.values()) batches.clear();
      return items;
    },
  };
}

const itemsOf = <Item>({ items }: Batch<Item>): readonly Item[] => items;

const countOf = (items: readonly Joinable[]): number =>
  items.reduce((sum, { messages }) => sum + messages, 0);
