import { setFlagsFromString } from 'node:v8';
import type { Worker } from 'bullmq';

/**
 * V8 stops the process while it copies the young objects that are still alive, twice a second under load; an OTP
 * that comes then waits. Jobs that have ended should be dead, but two things keep thousands of them alive. Without
 * them a stop takes half as long (docs/decisions/0014).
 */

/**
 * The first: BullMQ's main loop holds the promises of its running jobs in a Set, and only asks it how many there
 * are. A Set moves to a new table again and again, and the tables left behind keep every job that they have ever
 * held, until the old objects are collected too. So here the jobs are counted instead.
 *
 * Call it before the worker runs. (The set and the field are BullMQ's own affair; its version is pinned, and a test
 * sees that they are there.)
 */
export function countRunningJobs(worker: Worker): void {
  const inside = worker as unknown as Inside; // private to BullMQ's types, and there all the same
  const loop = inside.mainLoop.bind(worker);
  inside.mainLoop = () => {
    const ended = loop();
    const { mainLoopQueue } = inside;
    if (mainLoopQueue) mainLoopQueue.pending = new RunningCount(mainLoopQueue.pending.size);
    return ended;
  };
}

/** BullMQ's own affairs, as far as they matter here. */
interface Inside {
  mainLoop(): Promise<void>;
  readonly mainLoopQueue: { pending: { readonly size: number } } | null;
}

/** As much of a Set as the loop uses; its `waitAll()`, which nothing in BullMQ calls, would throw. */
export class RunningCount {
  size: number;

  constructor(size: number) {
    this.size = size;
  }

  add(): void {
    this.size += 1;
  }

  delete(): void {
    this.size -= 1;
  }
}

/**
 * The second: where objects have often lived long, as they do while a provider takes its time, V8 creates the next
 * ones among the old objects at once, and there each keeps alive what it refers to. For the whole process, so it is
 * for the program to call, not for the library.
 */
export function createAllObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
