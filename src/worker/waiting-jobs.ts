import { type Lane, lanes } from '../message/lane.ts';

/** What must be known of a job to put it into a request with others. */
export interface Joinable {
  readonly lane: Lane;
  /** Only jobs of the same key may travel together; a key of its own lets a job travel alone. */
  readonly batchKey: string;
  /** Messages that the job carries. */
  readonly messages: number;
}

/** Jobs of one key that wait, in the order in which they came. */
export interface Batch<Item> {
  readonly items: Item[];
  messages: number;
  /** When the first of them came. */
  readonly since: number;
}

/** Jobs that wait for a request, joined to batches. */
export interface WaitingJobs<Item extends Joinable> {
  /** Gives the batch that the job is in now. */
  add(item: Item): Batch<Item>;
  /**
   * The next group of a lane that may leave, or how long until one may; undefined where none waits.
   * @param leftMs how long until a batch may leave
   */
  next(lane: Lane, leftMs: (lane: Lane, batch: Batch<Item>) => number): readonly Item[] | number | undefined;
  takeAll(): readonly Item[];
}

/** @param batchSize the most messages of a group */
export function createWaitingJobs<Item extends Joinable>(
  batchSize: number,
  now: () => number,
): WaitingJobs<Item> {
  /** By lane, then by key; Maps keep the order of arrival. */
  const waiting = new Map<Lane, Map<string, Batch<Item>>>(lanes.map((lane) => [lane, new Map()]));
  return {
    add(item) {
      const batches = waiting.get(item.lane);
      const batch = batches?.get(item.batchKey) ?? { items: [], messages: 0, since: now() };
      batch.items.push(item);
      batch.messages += item.messages;
      batches?.set(item.batchKey, batch);
      return batch;
    },
    next(lane, leftMs) {
      const batches = waiting.get(lane) ?? new Map<string, Batch<Item>>();
      let soonestMs: number | undefined;
      for (const [key, batch] of batches) {
        const waitMs = leftMs(lane, batch);
        if (waitMs > 0) {
          soonestMs = Math.min(soonestMs ?? waitMs, waitMs);
          continue;
        }
        const group = takeGroup(batch, batchSize);
        if (batch.items.length === 0) batches.delete(key);
        return group;
      }
      return soonestMs;
    },
    takeAll() {
      const items = [...waiting.values()].flatMap((batches) => [...batches.values()].flatMap(itemsOf));
      for (const batches of waiting.values()) batches.clear();
      return items;
    },
  };
}

/** As many as fit; at least one, however large it is. */
function takeGroup<Item extends Joinable>(batch: Batch<Item>, batchSize: number): readonly Item[] {
  let messages = 0;
  const over = batch.items.findIndex((item, index) => {
    messages += item.messages;
    return index > 0 && messages > batchSize;
  });
  const group = batch.items.splice(0, over === -1 ? batch.items.length : over);
  batch.messages -= countOf(group);
  return group;
}

const itemsOf = <Item>({ items }: Batch<Item>): readonly Item[] => items;

const countOf = (items: readonly Joinable[]): number =>
  items.reduce((sum, { messages }) => sum + messages, 0);
