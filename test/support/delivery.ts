import { Job, type Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { openAccountQueues } from '../../src/bullmq/account-queues.ts';
import { readRecord } from '../../src/bullmq/find-job.ts';
import { letterIdOf } from '../../src/bullmq/put-dead-letter.ts';
import { type Lane, lanes } from '../../src/message/lane.ts';
import {
  createProducer,
  type NewMessage,
  type Producer,
  type SendReceipt,
} from '../../src/producer/index.ts';
import type { DeadLetter } from '../../src/queue/dead-letter.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import type { Journal } from '../../src/queue/journal.ts';
import { type AccountPlace, keys } from '../../src/queue/names.ts';
import { journalOrEmpty, parseJournalText } from '../../src/queue/parse-journal.ts';
import { openWorkerRedis } from '../../src/queue/redis.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { createSimulator, type NewAccount, type Simulator } from '../../src/simulator/index.ts';
import type { Hold } from '../../src/worker/account/hold-record.ts';
import { shownHold } from '../../src/worker/account/hold-steps.ts';
import { createHoldStore, type HoldStore } from '../../src/worker/account/hold-store.ts';
import { finishedJournal } from '../../src/worker/verdict/journal-entries.ts';
import { createWorker, type DeliveryWorker, type WorkerOptions } from '../../src/worker/worker.ts';
import { accountSettings } from './account-settings.ts';
import { type RecordingTelemetry, recordTelemetry } from './recording-telemetry.ts';
import { freshPrefix, oneServer, sharedRedisUrl } from './redis.ts';
import { type WaitOptions, waitFor } from './wait-for.ts';

export interface DeliveryChoice {
  /** The account as the worker knows it. */
  readonly account?: Partial<AccountSettings>;
  /** The account as JetSMS knows it. */
  readonly provider?: Partial<NewAccount>;
  readonly settings?: Partial<Settings>;
  readonly redisUrl?: string;
  /** Default Redis' time, as in production. */
  readonly now?: () => number;
  /** 0, the default, makes every delay that is drawn by chance 0, so that whole schedules run at once. */
  readonly random?: () => number;
  /** The test provokes what a worker reports as unexpected. */
  readonly expectsTheUnexpected?: boolean;
}

/** How a message ended. */
export interface End {
  readonly state: 'completed' | 'failed';
  readonly job: Job;
  readonly journal: Journal;
  /** `outcome code verdict` of each attempt. */
  readonly way: readonly string[];
  readonly letter: DeadLetter | undefined;
  readonly groupId: string | undefined;
}

/** A JetSMS, a producer and as many workers as wanted, on a real Redis under a prefix of their own. */
export interface DeliveryWorld extends AsyncDisposable {
  readonly prefix: string;
  readonly redis: Redis;
  readonly simulator: Simulator;
  readonly producer: Producer;
  readonly account: AccountSettings;
  readonly settings: Settings;
  /** The queue of a lane. */
  readonly queueOf: (lane: Lane) => Queue;
  /** The queue of lane transactional, in which messages wait that say nothing else. */
  readonly queue: Queue;
  readonly deadQueue: Queue;
  readonly holdStore: HoldStore;
  /** What all workers told. */
  readonly telemetry: RecordingTelemetry;
  startWorker(change?: Partial<WorkerOptions>): Promise<DeliveryWorker>;
  /** Sends a message that is fit to be sent, with whatever else `message` says. */
  send(message?: Partial<NewMessage>): Promise<SendReceipt>;
  /** Sends many one after the other, to one number each: each has a job of its own. */
  sendMany(count: number, message?: Partial<NewMessage>): Promise<readonly string[]>;
  /** Sends many at once, to one number each: most of them share jobs. */
  sendTogether(count: number, message?: Partial<NewMessage>): Promise<readonly string[]>;
  /** Puts a job into the queue as it is, past the producer. */
  enqueue(id: string, data: unknown, journal?: Journal): Promise<void>;
  /** What the record of a job says now. */
  journalOf(id: string, lane?: Lane): Promise<Journal>;
  /** Waits until a message has ended. */
  end(id: string, options?: WaitOptions): Promise<End>;
  /** Waits until the account's hold is like this, as it lies in Redis. */
  held(like: Partial<Hold> | undefined, options?: WaitOptions): Promise<Hold | undefined>;
  /** The account's hold now, as people see it. */
  hold(): Promise<Hold | undefined>;
  letters(): Promise<readonly Job<DeadLetter>[]>;
}

/** The nth invented number. */
export const numberAt = (n: number): string => String(905_320_000_000 + n);

export async function createDelivery(choice: DeliveryChoice = {}): Promise<DeliveryWorld> {
  const prefix = freshPrefix();
  const redisUrl = choice.redisUrl ?? sharedRedisUrl();
  const login = { username: 'acme', password: 'correct horse', titles: ['ACME'] };
  const simulator = createSimulator({ accounts: [{ ...login, ...choice.provider }] });
  await simulator.listen();
  const account = accountSettings({ ...surfaceOf(simulator, choice), ...choice.account });
  const settings: Settings = {
    ...parseSettings({ env: {} }),
    redisUrl,
    prefix,
    ...choice.settings,
    accounts: new Map([[account.name, account]]),
  };
  const redis = oneServer(openWorkerRedis(redisUrl));
  redis.on('error', () => {});
  const place = { prefix, account: account.name };
  const queues = openAccountQueues(redis, place, () => {});
  const { of: queueOf, dead: deadQueue } = queues;
  const queue = queueOf('transactional');
  const producer = createProducer({
    redis: redisUrl,
    prefix,
    accounts: { [account.name]: account },
  });
  const holdStore = createHoldStore(redis, { prefix, account: account.name });
  const telemetry = recordTelemetry();
  const workers: DeliveryWorker[] = [];

  const hold = async (): Promise<Hold | undefined> => {
    const { record, pausedLanes } = await holdStore.read();
    return shownHold(record, pausedLanes);
  };

  const send = (message: Partial<NewMessage> = {}): Promise<SendReceipt> =>
    producer.send({ to: '0532 123 45 67', text: 'Merhaba', ...message });

  return {
    prefix,
    redis,
    simulator,
    producer,
    account,
    settings,
    queueOf,
    queue,
    deadQueue,
    holdStore,
    telemetry,
    async startWorker(change = {}) {
      const worker = createWorker({
        settings,
        telemetryOf: () => telemetry,
        name: `w${workers.length + 1}`,
        ...(choice.now ? { now: choice.now } : {}),
        random: choice.random ?? (() => 0),
        ...change,
      });
      workers.push(worker);
      await worker.start();
      return worker;
    },
    send,
    async sendMany(count, message = {}) {
      const ids: string[] = [];
      for (let n = 0; n < count; n += 1) ids.push((await send({ to: `+${numberAt(n)}`, ...message })).id);
      return ids;
    },
    async sendTogether(count, message = {}) {
      const numbers = Array.from({ length: count }, (_, n) => numberAt(n));
      const receipts = await Promise.all(numbers.map((to) => send({ to: `+${to}`, ...message })));
      return receipts.map(({ id }) => id);
    },
    async enqueue(id, data, journal) {
      const named = (data as Partial<SendJob> | undefined)?.lane;
      const lane = lanes.find((one) => one === named) ?? 'transactional';
      const laneQueue = queueOf(lane);
      await laneQueue.pause();
      await laneQueue.add(lane, data, sendJobOptions({ id, now: Date.now() }));
      if (journal) {
        await redis.hset(
          keys.record(prefix, laneQueue.name, id),
          'run',
          1,
          'journal',
          JSON.stringify(journal),
        );
        // Whoever has written it had taken the job: BullMQ has counted that.
        await redis.hset(laneQueue.toKey(id), 'ats', 1);
      }
      await laneQueue.resume();
    },
    async journalOf(id, lane = 'transactional') {
      const read = parseJournalText((await readRecord(redis, place, lane, id)).journal);
      if (!read.ok) throw new Error(read.problem);
      return read.journal;
    },
    end: (id, options) =>
      waitFor(() => endOf(id, { redis, place, queueOf, deadQueue }), {
        what: `the end of ${id}`,
        ...options,
      }),
    async held(like, options) {
      const found = await waitFor(
        async () => {
          const present = await hold();
          return isLike(present, like) && { present };
        },
        { what: `a hold like ${JSON.stringify(like)}`, ...options },
      );
      return found.present;
    },
    hold,
    letters: async () => (await deadQueue.getJobs(['wait'])) as Job<DeadLetter>[],
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
      await producer.close();
      await queues.close();
      redis.disconnect();
      await simulator.close();
      const { unexpectedErrors } = telemetry;
      if (unexpectedErrors.length > 0 && !choice.expectsTheUnexpected) {
        throw new AggregateError(
          unexpectedErrors.map(({ error }) => error),
          `a worker met the unexpected at: ${unexpectedErrors.map(({ where }) => where).join(', ')}`,
        );
      }
    },
  };
}

/** Where the account speaks to the simulator; the web service answers at length. */
const surfaceOf = ({ xmlUrl, webServiceUrl }: Simulator, { account }: DeliveryChoice) =>
  account?.surface === 'web-service' ? { url: webServiceUrl, maxReplyBytes: 1_000_000 } : { url: xmlUrl };

interface Places {
  readonly redis: Redis;
  readonly place: AccountPlace;
  readonly queueOf: (lane: Lane) => Queue;
  readonly deadQueue: Queue;
}

async function endOf(id: string, places: Places): Promise<End | undefined> {
  const { redis, place, queueOf, deadQueue } = places;
  const base = /^(.+)\.\d+$/.exec(id)?.[1];
  for (const lane of lanes) {
    const queue = queueOf(lane);
    // First: once a divided job is through, its pieces are there.
    const baseState = base === undefined ? 'unknown' : await queue.getJobState(base);
    const ownState = await queue.getJobState(id);
    const [jobId, state] = ownState === 'unknown' ? [base ?? id, baseState] : [id, ownState];
    if (state === 'unknown') continue;
    if (state !== 'completed' && state !== 'failed') return undefined;
    const letter = (await deadQueue.getJob(letterIdOf(id))) as Job<DeadLetter> | undefined;
    // Still unreadable after its end, where a test has made it so.
    const job = (await queue.getJob(jobId).catch(() => new Job(queue, '', {}, {}, jobId))) as Job;
    const record = await readRecord(redis, place, lane, jobId);
    const journal = finishedJournal(journalOrEmpty(parseJournalText(record.journal)), job);
    return {
      state: jobId !== id && letter ? 'failed' : state,
      job,
      journal,
      way: journal.history.map(({ outcome, code, verdict }) => `${outcome} ${code} ${verdict}`),
      letter: letter?.data,
      groupId: job.returnvalue?.groupId,
    };
  }
  return undefined;
}

function isLike(hold: Hold | undefined, like: Partial<Hold> | undefined): boolean {
  if (!hold || !like) return hold === like;
  return Object.entries(like).every(([key, value]) => hold[key as keyof Hold] === value);
}
