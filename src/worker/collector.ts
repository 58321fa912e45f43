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
  let pumpAt: NodeJS.Immediate | NodeJS.Timeout | undefined;

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
    pumpAt = undefined;
    for (const lane of laneOrder) {
      while (isFree(lane)) {
        const group = next(lane);
        if (typeof group === 'number') schedule(group);
        if (group === undefined || typeof group === 'number') break;
        leave(group);
      }
    }
  };

  const leave = (group: readonly Item[]): void => {
    active += 1;
    const done = (): void => {
      active -= 1;
      pump();
    };
    options.send(group).then(done, done);
  };

  const schedule = (inMs: number): void => {
    if (pumpAt) return;
    pumpAt = inMs <= 0 ? setImmediate(pump) : setTimeout(pump, Math.ceil(inMs));
  };

  return {
    add(item) {
      const companies = waiting.get(item.lane);
      const queue = companies?.get(item.company) ?? [];
      queue.push({ item, since: now() });
      companies?.set(item.company, queue);
      if (item.lane === 'otp' || isFull(queue) || batchWaitMs <= 0) soon();
      else schedule(batchWaitMs);
    },
    takeBack() {
      const items = [...waiting.values()].flatMap((companies) => [...companies.values()].flat());
      for (const companies of waiting.values()) companies.clear();
      return items.map(({ item }) => item);
    },
    underWay: () => active,
  };

  /** In this turn of the event loop, but after everything that is already there has been added. */
  function soon(): void {
    if (pumpAt && 'hasRef' in pumpAt && isTimeout(pumpAt)) clearTimeout(pumpAt);
    else if (pumpAt) return;
    pumpAt = setImmediate(pump);
  }
}

const isTimeout = (handle: NodeJS.Immediate | NodeJS.Timeout): handle is NodeJS.Timeout =>
  'refresh' in handle;
