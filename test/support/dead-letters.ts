import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { putDeadLetter } from '../../src/bullmq/put-dead-letter.ts';
import type { Lane } from '../../src/message/lane.ts';
import type { DeathFacts, HistoryEntry, Journal } from '../../src/queue/journal.ts';
import { emptyJournal } from '../../src/queue/journal.ts';
import { deadQueueName, queueName } from '../../src/queue/names.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { sendJob } from './send-job.ts';

/** What a test says of a dead letter; the rest is filled in. */
export interface DeadLetterSelection {
  readonly facts?: DeathFacts;
  readonly job?: Partial<SendJob>;
  /** Instead of a send job. */
  readonly data?: unknown;
  readonly diedAt?: number;
  readonly history?: readonly HistoryEntry[];
  readonly pieceOf?: string;
}

/** An account's queue of one lane (that of replays) and its dead letters, and letters put into them by the worker's own hand. */
export interface DeadLetterFixture extends AsyncDisposable {
  readonly queue: Queue;
  readonly deadQueue: Queue;
  put(id: string, choice?: DeadLetterSelection): Promise<void>;
  /** The ids of the messages that wait in the account's queue, and the data of one. */
  waitingIds(): Promise<readonly string[]>;
  dataOf(id: string): Promise<SendJob>;
  letterIds(): Promise<readonly string[]>;
}

export function openDeadLetterFixture(
  redis: Redis,
  prefix: string,
  account = 'default',
  lane: Lane = 'bulk',
): DeadLetterFixture {
  const queue = new Queue(queueName(account, lane), { connection: redis, prefix });
  const deadQueue = new Queue(deadQueueName(account), { connection: redis, prefix });
  return {
    queue,
    deadQueue,
    async put(id, { facts = wrongTitle, job, data, diedAt = Date.now(), history = [], pieceOf } = {}) {
      const journal: Journal = { ...emptyJournal, history };
      const death = {
        id,
        data: data ?? sendJob({ account, ...job }),
        facts,
        journal,
        enqueuedAt: diedAt - 1_000,
        now: diedAt,
      };
      await putDeadLetter(deadQueue, { ...death, ...(pieceOf === undefined ? {} : { pieceOf }) });
    },
    async waitingIds() {
      return (await queue.getJobs(['prioritized', 'wait', 'delayed'])).map((job) => job.id ?? '').sort();
    },
    async dataOf(id) {
      return (await queue.getJob(id))?.data;
    },
    async letterIds() {
      return (await deadQueue.getWaiting()).map((job) => job.id ?? '').sort();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([queue.close(), deadQueue.close()]);
    },
  };
}

const wrongTitle: DeathFacts = { reason: 'terminal', code: '12' };
