import { Queue } from 'bullmq';
import { type Lane, lanes } from '../message/lane.ts';
import { type AccountPlace, deadQueueName, queueName } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { type Gate, setGate } from './queue-gate.ts';

/** The queues of one account. */
export interface AccountQueues {
  /** The queue of a lane's send jobs. */
  of(lane: Lane): Queue;
  readonly dead: Queue;
  /** Jobs that could be taken now, by lane. */
  waiting(): Promise<Readonly<Record<Lane, number>>>;
  /** Sets what each lane lets through. */
  setGate(gateOf: (lane: Lane) => Gate): Promise<void>;
  close(): Promise<void>;
}

export function openAccountQueues(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
  onError: (error: unknown) => void,
): AccountQueues {
  const open = (name: string): Queue => {
    const queue = new Queue(name, { connection: redis, prefix });
    queue.on('error', onError);
    return queue;
  };
  const byLane = recordOf((lane) => open(queueName(account, lane)));
  const dead = open(deadQueueName(account));
  return {
    of: (lane) => byLane[lane],
    dead,
    async waiting() {
      const counts = await Promise.all(lanes.map((lane) => countWaiting(byLane[lane])));
      return recordOf((lane) => counts[lanes.indexOf(lane)] ?? 0);
    },
    async setGate(gateOf) {
      await Promise.all(lanes.map((lane) => setGate(byLane[lane], gateOf(lane))));
    },
    async close() {
      await Promise.all([...Object.values(byLane), dead].map((queue) => queue.close()));
    },
  };
}

/** Somebody may have given a job a priority on the dashboard. */
const countWaiting = (queue: Queue): Promise<number> => queue.getJobCountByTypes('waiting', 'prioritized');

const recordOf = <T>(madeFor: (lane: Lane) => T): Record<Lane, T> => ({
  otp: madeFor('otp'),
  transactional: madeFor('transactional'),
  bulk: madeFor('bulk'),
});
