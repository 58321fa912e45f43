import type { Job, JobType, Queue } from 'bullmq';
import { type CampaignProgress, readCampaign } from '../../../src/queue/campaign.ts';
import type { DeadLetter } from '../../../src/queue/dead-letter.ts';
import type { Journal } from '../../../src/queue/journal.ts';
import { defaultAccount, defaultPrefix } from '../../../src/queue/names.ts';
import { type SendJob, textAt } from '../../../src/queue/send-job.ts';
import type { AcceptedMessage } from '../../../src/simulator/index.ts';
import { journalOf } from '../../support/journal-of.ts';
import type { SentMessage } from './load.ts';
import type { LogLine } from './workers.ts';
import type { World } from './world.ts';

/** A send job as it lies in the account's queue, seen from one of its messages. */
export interface JobSeen {
  readonly id: string;
  readonly state: JobType;
  readonly data: SendJob;
  readonly journal: Journal;
  /** Set where this job says that the message was accepted. */
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
  /** Its send job, those of its pieces, and those of its replays. */
  readonly jobs: readonly JobSeen[];
  readonly deadLetters: readonly DeadLetterSeen[];
  /** What the provider took. */
  readonly accepted: readonly AcceptedMessage[];
  /** What the workers said of its jobs, those that were killed included, in the order of time. */
  readonly lines: readonly LogLine[];
}

/** Everything that the invariants look at. */
export interface Evidence {
  readonly cases: readonly Case[];
  readonly lines: readonly LogLine[];
  /** Messages of jobs and dead letters that nobody has sent. */
  readonly strays: readonly string[];
  readonly campaigns: readonly (CampaignProgress | undefined)[];
}

const states: readonly JobType[] = ['completed', 'failed', 'active', 'waiting', 'delayed', 'prioritized'];

/** Looks at the queue, the dead letters, the provider and the logs, and sorts what it sees by message. */
export async function gather(world: World, sent: readonly SentMessage[]): Promise<Evidence> {
  const jobs = groupByKey(await readJobs(world.queue));
  const letters = groupByKey(await readDeadLetters(world.deadQueue));
  const accepted = Map.groupBy(world.simulator.accepted, keyOf);
  const lines = world.workers
    .all()
    .flatMap((worker) => worker.lines())
    .sort((a, b) => a.time.localeCompare(b.time));
  const linesById = Map.groupBy(lines, ({ id }) => id ?? '');
  const cases = sent.map((message): Case => {
    const own = jobs.get(keyOf(message)) ?? [];
    return {
      message,
      jobs: own,
      deadLetters: letters.get(keyOf(message)) ?? [],
      accepted: accepted.get(keyOf(message)) ?? [],
      lines: own.flatMap(({ id }) => linesById.get(id) ?? []),
    };
  });
  const known = new Set(sent.map(keyOf));
  const strays = [...jobs.keys(), ...letters.keys(), ...accepted.keys()].filter((key) => !known.has(key));
  return { cases, lines, strays, campaigns: await readCampaigns(world, sent) };
}

const keyOf = ({ to, text }: { readonly to: string; readonly text: string }): string => `${to}|${text}`;

/** What holds several messages, by each of them. */
function groupByKey<T>(entries: readonly (readonly [key: string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

const keysIn = (job: SendJob): readonly string[] =>
  job.to.map((to, index) => keyOf({ to, text: textAt(job, index) }));

async function readJobs(queue: Queue): Promise<readonly (readonly [string, JobSeen])[]> {
  const byState = await Promise.all(
    states.map(async (state) => {
      const jobs = (await queue.getJobs([state], 0, -1)) as readonly Job<SendJob>[];
      return jobs.flatMap((job) =>
        keysIn(job.data).map((key, index) => [key, seen(job, state, index)] as const),
      );
    }),
  );
  return byState.flat();
}

function seen(job: Job<SendJob>, state: JobType, index: number): JobSeen {
  const journal = journalOf(job.progress, job.data);
  const { groupId } = (job.returnvalue ?? {}) as { groupId?: string };
  return {
    id: job.id ?? '',
    state,
    data: job.data,
    journal,
    groupId: groupId ?? groupIdOfPiece(journal, index),
    failedReason: job.failedReason,
    stalls: job.stalledCounter,
  };
}

/** The message's place in a job that was divided can be among the accepted ones. */
function groupIdOfPiece({ settled }: Journal, index: number): string | undefined {
  if (settled?.end !== 'split') return undefined;
  const piece = settled.pieces.find(({ ranges }) => ranges.some(([from, to]) => index >= from && index < to));
  return piece?.fate === 'accepted' ? piece.groupId : undefined;
}

async function readDeadLetters(deadQueue: Queue): Promise<readonly (readonly [string, DeadLetterSeen])[]> {
  const jobs = (await deadQueue.getJobs([...states], 0, -1)) as readonly Job<DeadLetter>[];
  return jobs.flatMap(({ id = '', data: letter }) =>
    keysIn(letter.job as SendJob).map((key) => [key, { id, letter }] as const),
  );
}

function readCampaigns(
  { redis }: World,
  sent: readonly SentMessage[],
): Promise<readonly (CampaignProgress | undefined)[]> {
  const ids = new Set(sent.flatMap(({ campaign }) => campaign ?? []));
  const client = redis.client();
  const place = { prefix: defaultPrefix, account: defaultAccount };
  return Promise.all([...ids].map((campaign) => readCampaign(client, { ...place, campaign })));
}
