import type { Job, JobType, Queue } from 'bullmq';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import { type Journal, parseJournal } from '../../../src/queue/journal.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import type { AcceptedMessage } from '../../../src/simulator/index.ts';
import type { SentMessage } from './load.ts';
import type { LogLine } from './workers.ts';
import type { World } from './world.ts';

/** A send job as it lies in the account's queue. */
export interface JobSeen {
  readonly id: string;
  readonly state: JobType;
  readonly data: SendJob;
  readonly journal: Journal;
  readonly groupId: string | undefined;
  readonly failedReason: string | undefined;
  readonly stalls: number;
}

export interface DeadLetterSeen {
  readonly id: string;
  readonly letter: DeadLetter;
}

/** All that is known of one message, from every side. */
export interface Case {
  readonly message: SentMessage;
  /** Its send job, and those of its replays. */
  readonly jobs: readonly JobSeen[];
  readonly deadLetters: readonly DeadLetterSeen[];
  /** What the provider took. */
  readonly accepted: readonly AcceptedMessage[];
  /** What the workers said of it, those that were killed included, in the order of time. */
  readonly lines: readonly LogLine[];
}

/** Everything that the invariants look at. */
export interface Evidence {
  readonly cases: readonly Case[];
  readonly lines: readonly LogLine[];
  /** Jobs and dead letters that belong to no message. */
  readonly strays: readonly string[];
}

const states: readonly JobType[] = ['completed', 'failed', 'active', 'waiting', 'delayed', 'prioritized'];

/** Looks at the queue, the dead letters, the provider and the logs, and sorts what it sees by message. */
export async function gather(world: World, sent: readonly SentMessage[]): Promise<Evidence> {
  const jobs = await readJobs(world.queue);
  const letters = await readDeadLetters(world.deadQueue);
  const lines = world.workers
    .all()
    .flatMap((worker) => worker.lines())
    .sort((a, b) => a.time.localeCompare(b.time));
  const jobsByRoot = Map.groupBy(jobs, ({ id, data }) => data.origin?.rootId ?? id);
  const lettersByRoot = Map.groupBy(letters, ({ id, letter }) => rootOf(letter) ?? id);
  const linesById = Map.groupBy(lines, ({ id }) => id ?? '');
  const acceptedByKey = Map.groupBy(world.simulator.accepted, keyOf);
  const cases = sent.map((message): Case => {
    const own = jobsByRoot.get(message.id) ?? [];
    const ids = new Set([message.id, ...own.map(({ id }) => id)]);
    return {
      message,
      jobs: own,
      deadLetters: lettersByRoot.get(message.id) ?? [],
      accepted: acceptedByKey.get(keyOf(message)) ?? [],
      lines: [...ids].flatMap((id) => linesById.get(id) ?? []),
    };
  });
  const known = new Set(sent.map(({ id }) => id));
  const strays = [...jobsByRoot.keys(), ...lettersByRoot.keys()].filter((id) => !known.has(id));
  return { cases, lines, strays };
}

const keyOf = ({ to, text }: { readonly to: string; readonly text: string }): string => `${to}|${text}`;

const rootOf = ({ job }: DeadLetter): string | undefined => (job as SendJob | undefined)?.origin?.rootId;

async function readJobs(queue: Queue): Promise<readonly JobSeen[]> {
  const byState = await Promise.all(
    states.map(async (state) => {
      const jobs = (await queue.getJobs([state], 0, -1)) as readonly Job<SendJob>[];
      return jobs.map((job) => seen(job, state));
    }),
  );
  return byState.flat();
}

function seen(job: Job<SendJob>, state: JobType): JobSeen {
  return {
    id: job.id ?? '',
    state,
    data: job.data,
    journal: parseJournal(job.progress),
    groupId: (job.returnvalue as { groupId?: string } | null)?.groupId,
    failedReason: job.failedReason,
    stalls: job.stalledCounter,
  };
}

async function readDeadLetters(deadQueue: Queue): Promise<readonly DeadLetterSeen[]> {
  const jobs = (await deadQueue.getJobs([...states], 0, -1)) as readonly Job<DeadLetter>[];
  return jobs.map((job) => ({ id: job.id ?? '', letter: job.data }));
}
