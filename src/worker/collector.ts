import type { Lane } from '../message/lane.ts';

/** What the collector must know of a job to put it into company. */
export interface Collectable {
  readonly lane: Lane;
  /** Only jobs of the same key may travel together. */
  readonly company: string;
  /** Messages that the job carries. */
  readonly messages: number;
}

export interface CollectorOptions<Item extends Collectable> {
  /** Requests under way at a time. */
  readonly requests: number;
  /** Requests of these that only lane otp may use, so that an OTP leaves though bulk fills the rest. */
  readonly requestsForOtp: number;
  /** The most messages in one request of single sends. */
  readonly batchSize: number;
  /** The longest that a message waits for company; lane otp never waits. */
  readonly batchWaitMs: number;
  /** Sends a group; settles each of its items by itself, and never throws. */
  readonly send: (group: readonly Item[]) => Promise<void>;
  readonly now: () => number;
}

/** Joins jobs that wait together into groups for one request, and bounds the requests under way. */
export interface Collector<Item extends Collectable> {
  add(item: Item): void;
  /** Takes back what has not left yet. */
  takeBack(): readonly Item[];
  /** Requests under way. */
  underWay(): number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly since: number;
}

const laneOrder: readonly Lane[] = ['otp', 'transactional', 'bulk'];

export function createCollector<Item extends Collectable>(options: CollectorOptions<Item>): Collector<Item> {
  const { requests, requestsForOtp, batchSize, batchWaitMs, now } = options;
  /** By lane, then by company; Maps keep the order of arrival. */
  const waiting = new Map<Lane, Map<string, Waiting<Item>[]>>(laneOrder.map((lane) => [lane, new Map()]));
  let active = 0;
  /** The next look at what waits. */
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;

  const isFree = (lane: Lane): boolean =>
    active < (lane === 'otp' ? requests : Math.max(1, requests - requestsForOtp));

  /** The next group that may leave, or how long until one may. */
  const next = (lane: Lane): readonly Item[] | number | undefined => {
    const companies = waiting.get(lane);
    let soonestMs: number | undefined;
    for (const [company, queue] of companies ?? []) {
      const first = queue[0];
      if (!first) continue;
      const leftMs = first.since + batchWaitMs - now();
      const isReady = lane === 'otp' || leftMs <= 0 || isFull(queue);
      if (isReady) return takeGroup(lane, company, queue);
      soonestMs = Math.min(soonestMs ?? leftMs, leftMs);
    }
    return soonestMs;
  };

  const isFull = (queue: readonly Waiting<Item>[]): boolean =>
    queue.length >= batchSize || (queue[0]?.item.messages ?? 0) > 1;

  const takeGroup = (lane: Lane, company: string, queue: Waiting<Item>[]): readonly Item[] => {
    const group = queue.splice(0, batchSize).map(({ item }) => item);
    if (queue.length === 0) waiting.get(lane)?.delete(company);
    return group;
  };

  const pump = (): void => {
    clearImmediate(turn);
    clearTimeout(timer);
    turn = undefined;
    timer = undefined;
    const waits = laneOrder.flatMap((lane) => pumpLane(lane) ?? []);
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
    active += 1;
    const done = (): void => {
      active -= 1;
      pump();
    };
    options.send(group).then(done, done);
  };

  /** In this turn of the event loop, but after everything that is already there has been added. */
  const pumpSoon = (): void => {
    turn ??= setImmediate(pump);
  };

  return {
    add(item) {
      const companies = waiting.get(item.lane);
      const queue = companies?.get(item.company) ?? [];
      queue.push({ item, since: now() });
      companies?.set(item.company, queue);
      if (item.lane === 'otp' || isFull(queue) || batchWaitMs <= 0) pumpSoon();
      else timer ??= setTimeout(pump, batchWaitMs);
    },
    takeBack() {
      const items = [...waiting.values()].flatMap((companies) => [...companies.values()].flat());
      for (const companies of waiting.values()) companies.clear();
      return items.map(({ item }) => item);
    },
    underWay: () => active,
  };
}
